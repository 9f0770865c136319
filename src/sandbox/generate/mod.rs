//! Invented worlds, the same on every start but for the dates: a company, under three sets of names,
//! and `mass`, worlds of any size.
//!
//! Lanternway Travel sells trips: a booking site, payments, and an operations desk. The data is
//! drawn from a fixed seed, so that two starts on one day are equal and a screenshot can be
//! compared. Dates lie around the day of the start, so that a sprint is always running.

mod catalog;
mod create_fields;
mod every_kind;
mod fields;
mod issues;
mod life;
mod mass;
mod names;
mod places;
mod rich;
mod rng;
mod roles;
mod schedule;
mod texts;
mod values;
mod vocabulary;

pub(super) use every_kind::{GROUPS, show_group};
pub(super) use fields::{POINTS_FIELD, find_system_field};
pub use mass::Shape;
pub(super) use places::show_sprint;
pub use roles::show_mapping;
pub(super) use values::show_user;

use std::{
    path::{Path, PathBuf},
    sync::LazyLock,
};

use serde_json::Value;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::world::World;

/// Which world a site shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorldChoice {
    /// The company, in English.
    Company,
    /// The company with German names.
    German,
    /// The company with names that mean nothing to anybody.
    Invented,
    /// A world of any size.
    Generated(Shape),
    /// A folder of recorded answers.
    Recorded(PathBuf),
}

impl WorldChoice {
    /// Reads `company`, `german`, `invented`, `generate:100000,seed=1` or the path of a folder.
    ///
    /// # Errors
    /// A text for people.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(shape) = text.strip_prefix("generate:") {
            return Shape::parse(shape).map(Self::Generated);
        }
        match text {
            "company" => Ok(Self::Company),
            "german" => Ok(Self::German),
            "invented" => Ok(Self::Invented),
            folder if Path::new(folder).is_dir() => Ok(Self::Recorded(PathBuf::from(folder))),
            other => Err(format!(
                "\"{other}\" is no world: use company, german, invented, generate:100000,seed=1 or a folder of recordings"
            )),
        }
    }
}

/// Fills an empty world that has its accounts. A recorded choice leaves it empty.
pub(super) fn fill(world: &mut World, choice: &WorldChoice, today: Date) {
    match choice {
        WorldChoice::Generated(shape) => {
            "Generated world".clone_into(&mut world.title);
            mass::fill(world, shape, today);
        }
        WorldChoice::Company => {
            fill_company(world, today);
            life::fill(world);
        }
        WorldChoice::German | WorldChoice::Invented => {
            fill_company(world, today);
            let german = *choice == WorldChoice::German;
            if german { &names::GERMAN } else { &names::INVENTED }.apply(world);
            life::fill(world);
        }
        WorldChoice::Recorded(_) => {}
    }
}

fn fill_company(world: &mut World, today: Date) {
    "Lanternway Travel".clone_into(&mut world.title);
    catalog::fill(world);
    schedule::fill(world, today);
    create_fields::fill(world);
    issues::fill(world, today);
}

/// Adds issues as if they had just been reported.
pub(super) fn grow_world(world: &mut World, count: usize, now: Timestamp) {
    if !world.recorded {
        let first = world.next_issue_id();
        issues::grow(world, count, now);
        if let Some(names) = names::find(&world.title) {
            names.apply_from(world, first);
        }
    }
}

/// The zone of the sites; looking it up by name for every timestamp would cost more than the rest of it.
static ZONE: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC));

/// A timestamp as Jira writes it: milliseconds, offset without colon, the site's own zone.
pub(super) fn format_timestamp(stamp: Timestamp) -> String {
    use std::fmt::Write as _;
    let offset = ZONE.to_offset(stamp);
    let local = offset.to_datetime(stamp);
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let mut text = String::with_capacity(28);
    let _infallible = write!(
        text,
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}{sign}{:02}{:02}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second(),
        local.subsec_nanosecond() / 1_000_000,
        minutes.abs() / 60,
        minutes.abs() % 60,
    );
    text
}

/// One picture in the four sizes Jira gives the address of.
pub(super) fn list_avatars(address: &str) -> Value {
    let sizes = [
        ("48x48", ""),
        ("24x24", "&size=small"),
        ("16x16", "&size=xsmall"),
        ("32x32", "&size=medium"),
    ];
    let all = sizes.map(|(name, size)| (name.to_owned(), Value::from(format!("{address}{size}"))));
    Value::Object(all.into_iter().collect())
}
