//! Organisation-wide settings: a few named texts.

use jiff::tz::TimeZone;

use crate::server::store::{StoreError, Tx};

/// Organisation name.
pub const ORGANISATION: &str = "organisation";
/// Public address of this server.
pub const PUBLIC_URL: &str = "public_url";
/// IANA time zone of the organisation.
pub const TIME_ZONE: &str = "time_zone";
/// Set to the time of the first setup, once.
pub const SETUP_DONE: &str = "setup_done";

/// The organisation's time zone; UTC while none is set.
///
/// # Errors
/// As every store function.
pub async fn find_time_zone(tx: &mut Tx) -> Result<TimeZone, StoreError> {
    Ok(zone_named(find(tx, TIME_ZONE).await?.as_deref()))
}

/// A zone by its IANA name; UTC for none, and for one that this program does not know.
pub fn zone_named(name: Option<&str>) -> TimeZone {
    name.and_then(|name| TimeZone::get(name).ok())
        .unwrap_or(TimeZone::UTC)
}

/// The value of a setting.
///
/// # Errors
/// As every store function.
pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<String>, StoreError> {
    let row = fetch_optional!(tx, (String,), "SELECT value FROM setting WHERE key = $1", key)?;
    Ok(row.map(|(value,)| value))
}

/// Sets a value.
///
/// # Errors
/// As every store function.
pub async fn save(tx: &mut Tx, key: &str, value: &str) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        value,
    )?;
    Ok(())
}

/// Sets a value that must not exist yet; `false` when it does. The guard of everything done once.
///
/// # Errors
/// As every store function.
pub async fn save_once(tx: &mut Tx, key: &str, value: &str) -> Result<bool, StoreError> {
    Ok(execute!(
        tx,
        "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING",
        key,
        value
    )? == 1)
}
