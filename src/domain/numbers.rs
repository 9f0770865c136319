//! Numbers in words, the same on every page.

/// Digits in groups of three: "1,204,000".
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number that may be an estimate: "1,204", or "about 1,204". Nothing found is "0": an estimate of
/// nothing says no more than that.
pub fn count_words(n: u64, exact: bool) -> String {
    let number = grouped(n);
    if exact || n == 0 {
        number
    } else {
        format!("about {number}")
    }
}

/// "1 requirement", "1,204 requirements".
pub fn counted(n: u64, one: &str, many: &str) -> String {
    counted_about(n, true, one, many)
}

/// A number that may be an estimate with what it counts: "about 1,204 requirements".
pub fn counted_about(n: u64, exact: bool, one: &str, many: &str) -> String {
    let noun = if n == 1 { one } else { many };
    format!("{} {noun}", count_words(n, exact))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words() {
        for (n, words) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(n), words);
        }
        assert_eq!(count_words(1_204, true), "1,204");
        assert_eq!(count_words(41, false), "about 41");
        assert_eq!(count_words(0, false), "0", "nothing is not about nothing");
        assert_eq!(counted(1, "bug", "bugs"), "1 bug");
        assert_eq!(counted(1_204, "bug", "bugs"), "1,204 bugs");
        assert_eq!(counted_about(1, false, "bug", "bugs"), "about 1 bug");
    }
}
