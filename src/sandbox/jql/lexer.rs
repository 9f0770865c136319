//! JQL text to tokens.

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Word(String),
    Quoted(String),
    Sign(&'static str),
}

const SIGNS: [&str; 11] = ["!=", "!~", ">=", "<=", "=", ">", "<", "~", "(", ")", ","];

/// Splits; the error is Jira's kind of message.
pub(super) fn split(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == '"' || first == '\'' {
            let (value, after) = read_quoted(rest, first)?;
            tokens.push(Token::Quoted(value));
            rest = after;
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else if first == '!' {
            tokens.push(Token::Word("not".to_owned()));
            rest = &rest[1..];
        } else if matches!(
            first,
            ';' | '@' | '#' | '%' | '^' | '$' | '?' | '`' | '&' | '|' | '*' | '{' | '}'
        ) {
            return Err(format!(
                "Error in the JQL Query: The character '{first}' is a reserved JQL character. You must enclose it in a \
                 string or use the escape '\\u{:04x}' instead.",
                first as u32
            ));
        } else {
            let end = rest
                .find(|c: char| c.is_whitespace() || "=!<>~(),\"'".contains(c))
                .unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

fn read_quoted(text: &str, quote: char) -> Result<(String, &str), String> {
    let mut value = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((index, letter)) = letters.next() {
        if letter == quote {
            return Ok((value, &text[index + 1..]));
        }
        if letter == '\\' {
            match letters.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 'r')) => value.push('\r'),
                Some((_, 't')) => value.push('\t'),
                Some((_, other)) if "\\\"' ".contains(other) => value.push(other),
                Some((_, other)) => {
                    return Err(format!(
                        "Error in the JQL Query: '\\{other}' is an illegal JQL escape sequence."
                    ));
                }
                None => break,
            }
        } else {
            value.push(letter);
        }
    }
    Err("Error in the JQL Query: The quoted string has not been completed.".to_owned())
}
