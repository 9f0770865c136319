//! An invented company, the same on every start but for the dates.
//!
//! Lanternway Travel sells trips: a booking site, payments, and an operations desk. The data is
//! drawn from a fixed seed, so that two starts on one day are equal and a screenshot can be
//! compared. Dates lie around the day of the start, so that a sprint is always running.

mod catalog;
mod create_fields;
mod issues;
mod rich;
mod rng;
mod schedule;
mod texts;
mod values;

pub(super) use catalog::find_system_field;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{accounts, world::World};
use crate::domain::jira::Deployment;

/// Builds the company for one dialect.
pub(super) fn build_world(deployment: Deployment, base_url: &str, version: &str, today: Date) -> World {
    let mut world = World::new(deployment, base_url, version);
    "Lanternway Travel".clone_into(&mut world.title);
    world.accounts = accounts::list_accounts(deployment);
    catalog::fill(&mut world);
    schedule::fill(&mut world, today);
    create_fields::fill(&mut world);
    issues::fill(&mut world, today);
    world
}

/// Adds issues as if they had just been reported.
pub(super) fn grow_world(world: &mut World, count: usize, now: Timestamp) {
    if !world.recorded {
        issues::grow(world, count, now);
    }
}

/// A timestamp as Jira writes it: milliseconds, offset without colon, the site's own zone.
pub(super) fn format_timestamp(stamp: Timestamp) -> String {
    let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
    stamp
        .to_zoned(zone)
        .strftime("%Y-%m-%dT%H:%M:%S%.3f%z")
        .to_string()
}
