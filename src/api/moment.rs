//! Moments as pages show them: finished words, because the browser knows no time zones.

use serde::{Deserialize, Serialize};

/// A moment, in the zone of the reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MomentView {
    /// ISO 8601, UTC.
    pub iso: String,
    /// "2 min ago", "14 Nov, 02:10".
    pub text: String,
    /// Day and time: "14 Nov 2026, 02:10".
    pub exact: String,
}
