//! Days and moments on pages: days are the organisation's, moments are shown in the reader's zone.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    api::plan::MomentView,
    domain::dates::{format_date, format_relative, local},
    server::{
        auth::ProjectGuard,
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

impl Calendar {
    /// The organisation's days and the reader's hours.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load(tx: &mut Tx, guard: &ProjectGuard) -> Result<Self> {
        let now = guard.state().clock().now();
        let stored = setting::find(tx, setting::TIME_ZONE).await?;
        let organisation = stored
            .as_deref()
            .and_then(|name| TimeZone::get(name).ok())
            .unwrap_or(TimeZone::UTC);
        let zone = guard.viewer().time_zone().or(stored.as_deref());
        Ok(Self {
            organisation,
            now,
            reader: zone
                .and_then(|name| TimeZone::get(name).ok())
                .unwrap_or(TimeZone::UTC),
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

    /// A moment for a page.
    pub fn moment(&self, at: Timestamp) -> MomentView {
        // Summer or winter time is that of the moment, not of today.
        let offset = self.reader.to_offset(at).seconds();
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
    pub fn moment_ms(&self, ms: Option<i64>) -> Option<MomentView> {
        ms.and_then(|ms| Timestamp::from_millisecond(ms).ok())
            .map(|at| self.moment(at))
    }
}
