//! Dates and times of JQL, in the caller's own zone.

use jiff::{
    SignedDuration, Timestamp, ToSpan as _, Zoned,
    civil::{Date, DateTime, Weekday},
    tz::TimeZone,
};

/// Now, where the caller is.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    now: Zoned,
}

impl Clock {
    pub(super) fn new(now_ms: i64, zone: &str) -> Self {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let now = Timestamp::from_millisecond(now_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        Self {
            now: now.to_zoned(zone),
        }
    }

    pub(super) fn now(&self) -> i64 {
        self.now.timestamp().as_millisecond()
    }

    /// A date operand as epoch milliseconds: unquoted digits are absolute, a period counts from now,
    /// everything else is a date and perhaps hours and minutes where the caller is.
    pub(super) fn read(&self, text: &str, quoted: bool) -> Option<i64> {
        if !quoted && let Ok(ms) = text.parse::<i64>() {
            return Some(ms);
        }
        if let Some(moved) = self.read_period(text) {
            return Some(moved.timestamp().as_millisecond());
        }
        let moment = parse_moment(text)?.to_zoned(self.now.time_zone().clone()).ok()?;
        Some(moment.timestamp().as_millisecond())
    }

    /// The day that a moment falls on where the caller is, as epoch milliseconds of its UTC midnight.
    pub(super) fn day_of(&self, ms: i64) -> i64 {
        let stamp =
            Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 { Timestamp::MIN } else { Timestamp::MAX });
        let day = stamp.to_zoned(self.now.time_zone().clone()).date();
        day.to_zoned(TimeZone::UTC)
            .map_or(ms, |midnight| midnight.timestamp().as_millisecond())
    }

    /// `-5d`, `4w 2d`, `-30m`, `1M`, `-1y`; a number without a unit means minutes.
    fn read_period(&self, text: &str) -> Option<Zoned> {
        let (sign, rest) = match text.trim().strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.trim().strip_prefix('+').unwrap_or(text.trim())),
        };
        if rest.is_empty() {
            return None;
        }
        let mut moved = self.now.clone();
        for part in rest.split_whitespace() {
            let (digits, unit) =
                part.split_at(part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len()));
            let amount = digits.parse::<i64>().ok()? * sign;
            moved = add(&moved, amount, unit)?;
        }
        Some(moved)
    }

    /// `startOfDay()` and its kin; the argument moves by its own unit, or by the function's.
    /// `None` when there is no such function, an error when the argument is not understood.
    pub(super) fn call(&self, function: &str, arguments: &[String]) -> Option<Result<i64, String>> {
        let lower = function.to_lowercase();
        if lower == "now" {
            return Some(Ok(self.now()));
        }
        let (end, name) = match (lower.strip_prefix("startof"), lower.strip_prefix("endof")) {
            (Some(name), _) => (false, name),
            (_, Some(name)) => (true, name),
            _ => return None,
        };
        let unit = match name {
            "day" => "d",
            "week" => "w",
            "month" => "M",
            "year" => "y",
            _ => return None,
        };
        let moved = match arguments.first() {
            None => Some(self.now.clone()),
            Some(text) => self.shift(text, unit),
        };
        let Some(moved) = moved else {
            let text = arguments.first().map_or("", String::as_str);
            return Some(Err(format!(
                "Duration for function '{function}' should have the format (+/-)n(yMwdhm), e.g -1M for 1 month earlier. \
                 '{text}' is not understood."
            )));
        };
        let edge = edge(&moved, unit, end)?;
        Some(Ok(edge.timestamp().as_millisecond()))
    }

    fn shift(&self, text: &str, unit: &str) -> Option<Zoned> {
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (digits, own) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
        add(
            &self.now,
            digits.parse::<i64>().ok()? * sign,
            if own.is_empty() { unit } else { own },
        )
    }
}

fn add(to: &Zoned, amount: i64, unit: &str) -> Option<Zoned> {
    let minutes = match unit {
        "y" => return to.checked_add(i32::try_from(amount).ok()?.years()).ok(),
        "M" => return to.checked_add(i32::try_from(amount).ok()?.months()).ok(),
        "w" => 7 * 24 * 60,
        "d" => 24 * 60,
        "h" => 60,
        "m" | "" => 1,
        _ => return None,
    };
    let span = SignedDuration::from_secs(amount.checked_mul(minutes)?.checked_mul(60)?);
    to.checked_add(span).ok()
}

/// The first moment of the day, week (from Sunday, as Jira's default locale has it), month or year,
/// or the last millisecond of it.
fn edge(moment: &Zoned, unit: &str, end: bool) -> Option<Zoned> {
    let date = moment.date();
    let first = match unit {
        "w" => date
            .checked_sub(i64::from(date.weekday().since(Weekday::Sunday)).days())
            .ok()?,
        "M" => date.first_of_month(),
        "y" => date.first_of_year(),
        _ => date,
    };
    let zone = moment.time_zone().clone();
    if !end {
        return first.to_zoned(zone).ok();
    }
    let next = match unit {
        "w" => first.checked_add(7.days()),
        "M" => first.checked_add(1.month()),
        "y" => first.checked_add(1.year()),
        _ => first.checked_add(1.day()),
    };
    next.ok()?.to_zoned(zone).ok()?.checked_sub(1.millisecond()).ok()
}

/// `yyyy-MM-dd`, `yyyy/MM/dd`, either with ` HH:mm`; single digits are fine, seconds are not.
fn parse_moment(text: &str) -> Option<DateTime> {
    let text = text.trim();
    let (day, time) = match text.split_once(' ') {
        Some((day, time)) => (day, Some(time.trim())),
        None => (text, None),
    };
    let mark = if day.contains('/') { '/' } else { '-' };
    let mut parts = day.split(mark);
    let date = Date::new(read(parts.next()?)?, read(parts.next()?)?, read(parts.next()?)?).ok()?;
    if parts.next().is_some() {
        return None;
    }
    let Some(time) = time else {
        return Some(date.at(0, 0, 0, 0));
    };
    let (hour, minute) = time.split_once(':')?;
    let time = jiff::civil::Time::new(read(hour)?, read(minute)?, 0, 0).ok()?;
    Some(date.to_datetime(time))
}

fn read<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits = !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}
