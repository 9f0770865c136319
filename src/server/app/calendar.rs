//! Days and moments on pages: days are the organisation's, moments are shown in the reader's zone, with the
//! summer or winter time of the moment itself.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    api::moment::MomentView,
    domain::dates::{format_date, format_moment, format_relative, local},
    server::{
        auth::Viewer,
        error::Result,
        store::{Tx, setting},
    },
};

/// Zones and now, for everything a page writes about time.
#[derive(Debug)]
pub struct Calendar {
    organisation: TimeZone,
    now: Timestamp,
    reader: TimeZone,
}

fn timestamp(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}

impl Calendar {
    /// The organisation's days and the reader's hours.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load(tx: &mut Tx, viewer: &Viewer) -> Result<Self> {
        let organisation = setting::find_time_zone(tx).await?;
        let own = viewer.time_zone();
        let reader = own.map_or_else(|| organisation.clone(), |name| setting::zone_named(Some(name)));
        Ok(Self {
            organisation,
            now: viewer.state().clock().now(),
            reader,
        })
    }

    /// The organisation's day of a moment.
    pub fn day(&self, at: Timestamp) -> Date {
        self.organisation.to_datetime(at).date()
    }

    /// The organisation's today.
    pub fn today(&self) -> Date {
        self.day(self.now)
    }

    /// When a day of the reader's begins, in UTC milliseconds.
    pub fn day_begins_ms(&self, day: Date) -> i64 {
        self.reader
            .to_ambiguous_zoned(day.at(0, 0, 0, 0))
            .compatible()
            .map_or(i64::MAX, |begin| begin.timestamp().as_millisecond())
    }

    /// A moment for a page.
    pub fn moment(&self, at: Timestamp) -> MomentView {
        let offset = self.offset(at);
        let there = local(at, offset);
        MomentView {
            iso: at.to_string(),
            text: format_relative(at, self.now, offset),
            exact: format!(
                "{}, {:02}:{:02}",
                format_date(there.date()),
                there.hour(),
                there.minute()
            ),
        }
    }

    /// A stored moment for a page.
    pub fn moment_ms(&self, ms: i64) -> MomentView {
        self.moment(timestamp(ms))
    }

    /// A stored moment in words that stay true: "14 Nov, 02:10".
    pub fn words_ms(&self, ms: i64) -> String {
        let at = timestamp(ms);
        format_moment(at, self.now, self.offset(at))
    }

    /// The reader's day of a stored moment in words: "14 Nov 2026".
    pub fn day_words_ms(&self, ms: i64) -> String {
        format_date(self.reader.to_datetime(timestamp(ms)).date())
    }

    /// The reader's clock at a stored moment: "02:10:05".
    pub fn clock_ms(&self, ms: i64) -> String {
        let there = self.reader.to_datetime(timestamp(ms));
        format!("{:02}:{:02}:{:02}", there.hour(), there.minute(), there.second())
    }

    fn offset(&self, at: Timestamp) -> i32 {
        self.reader.to_offset(at).seconds()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_moments_keep_the_clock_they_had() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let calendar = Calendar {
            organisation: TimeZone::UTC,
            now: at("2026-11-01T12:00:00Z"),
            reader: setting::zone_named(Some("Europe/Berlin")),
        };
        let summer = at("2026-07-01T22:30:00Z");
        assert_eq!(calendar.words_ms(summer.as_millisecond()), "2 Jul, 00:30");
        assert_eq!(calendar.day_words_ms(summer.as_millisecond()), "2 Jul 2026");
        assert_eq!(calendar.clock_ms(summer.as_millisecond()), "00:30:00");
        assert_eq!(calendar.moment(summer).exact, "2 Jul 2026, 00:30");
        assert_eq!(
            calendar.day(summer).to_string(),
            "2026-07-01",
            "days are the organisation's"
        );
        let winter = at("2026-10-31T22:30:00Z");
        assert_eq!(calendar.clock_ms(winter.as_millisecond()), "23:30:00");
        assert_eq!(setting::zone_named(Some("Nowhere/Land")), TimeZone::UTC);
    }
}
