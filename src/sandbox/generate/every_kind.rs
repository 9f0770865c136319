//! A field of every kind that Jira has, all on the create screen of one work item type.
//!
//! Most forms meet few of these, which is why nothing else in the company carries them: they are there for
//! whoever has to fill in any form that an administrator can think of.

use serde_json::{Value, json};

use super::{
    super::world::{Project, World},
    catalog::{MARKETS, SEVERITIES, show_option},
    create_fields::show,
    fields::{
        ACCEPTANCE_FIELD, EPIC_LINK_FIELD, GO_LIVE_FIELD, IMPACT_FIELD, MARKETS_FIELD, POINTS_FIELD,
        SEVERITY_FIELD, show_custom_field,
    },
};

/// The type whose create screen has them.
pub(super) const TYPE: &str = "Request";

const STANDARD: &str = "com.atlassian.jira.plugin.system.customfieldtypes:";

/// Number, name, schema type, items, name of the kind.
const FIELDS: [(u32, &str, &str, &str, &str); 14] = [
    (10_041, "Region", "option-with-child", "", "cascadingselect"),
    (10_042, "Channel", "option", "", "radiobuttons"),
    (10_043, "Languages", "array", "option", "multicheckboxes"),
    (10_044, "Reference page", "string", "", "url"),
    (10_045, "Contact", "user", "", "userpicker"),
    (10_046, "Reviewers", "array", "user", "multiuserpicker"),
    (10_047, "Owning group", "group", "", "grouppicker"),
    (10_048, "Informed groups", "array", "group", "multigrouppicker"),
    (10_049, "Found in", "version", "", "version"),
    (10_050, "Also in", "array", "version", "multiversion"),
    (10_051, "Source project", "project", "", "project"),
    (10_052, "Imported from", "string", "", "readonlyfield"),
    (10_053, "Asset", "any", "", "asset"),
    (10_054, "Keywords", "array", "string", "labels"),
];

/// Id and value of options.
type Options = &'static [(&'static str, &'static str)];

/// Parent option, its children.
const REGIONS: [(&str, &str, Options); 2] = [
    ("10180", "Europe", &[("10181", "Germany"), ("10182", "France")]),
    ("10183", "Asia", &[("10184", "Singapore")]),
];
const CHANNELS: [(&str, &str); 2] = [("10185", "Web"), ("10186", "Phone")];
const LANGUAGES: [(&str, &str); 2] = [("10187", "English"), ("10188", "German")];

/// The fields as the site lists them.
pub(super) fn list_fields(cloud: bool) -> impl Iterator<Item = Value> {
    FIELDS.into_iter().map(move |(number, name, kind, items, own)| {
        // Kinds of other apps name themselves after the app.
        let family = if kind == "any" {
            "com.example.assets:"
        } else {
            STANDARD
        };
        let id = format!("customfield_{number}");
        show_custom_field(&id, name, kind, items, &format!("{family}{own}"), cloud)
    })
}

/// The fields of the create screen beyond those of every screen, none of them required.
pub(super) fn list_screen(world: &World, project: &Project) -> Vec<Value> {
    let base = &world.base_url;
    let options = |list: &[(&str, &str)]| -> Vec<Value> {
        list.iter()
            .map(|(id, value)| show_option(base, id, value))
            .collect()
    };
    let open = project.list_open_versions();
    let mut screen = vec![
        show(world, "environment", false, None),
        show(world, "versions", false, Some(open.clone())),
        show(world, SEVERITY_FIELD, false, Some(options(&SEVERITIES))),
        show(world, MARKETS_FIELD, false, Some(options(&MARKETS))),
        show(world, IMPACT_FIELD, false, None),
        show(world, ACCEPTANCE_FIELD, false, None),
        show(world, GO_LIVE_FIELD, false, None),
        show(world, POINTS_FIELD, false, None),
    ];
    if !world.is_cloud() {
        screen.push(show(world, EPIC_LINK_FIELD, false, None));
    }
    screen.extend(FIELDS.iter().map(|(number, _, kind, items, own)| {
        let allowed = match (*own, *kind, *items) {
            ("cascadingselect", ..) => Some(list_regions(base)),
            ("radiobuttons", ..) => Some(options(&CHANNELS)),
            ("multicheckboxes", ..) => Some(options(&LANGUAGES)),
            (_, "version", _) | (_, _, "version") => Some(open.clone()),
            _ => None,
        };
        show(world, &format!("customfield_{number}"), false, allowed)
    }));
    screen
}

fn list_regions(base: &str) -> Vec<Value> {
    let regions = REGIONS.iter().map(|(id, value, below)| {
        let mut region = show_option(base, id, value);
        region["children"] = below
            .iter()
            .map(|(id, value)| show_option(base, id, value))
            .collect::<Vec<_>>()
            .into();
        region
    });
    regions.collect()
}

/// Groups have no list in the world: these are the ones that every site has.
pub(in crate::sandbox) const GROUPS: [(&str, &str); 3] = [
    ("jira-administrators", "3571b9a7-348f-414a-9087-8e1ea03a7df8"),
    ("jira-software-users", "6e87dc72-4f1f-421f-9382-2fee8b652487"),
    ("qa-leads", "952d12c3-5b5b-4d04-bb32-44d383afc4b2"),
];

/// A group as fields and people show it: Cloud names it by id, in the version of the platform that is asked.
pub(in crate::sandbox) fn show_group(world: &World, api: u8, name: &str) -> Option<Value> {
    let (name, id) = GROUPS.iter().find(|(own, _)| *own == name)?;
    let base = &world.base_url;
    Some(if world.is_cloud() {
        json!({"name": name, "groupId": id, "self": format!("{base}/rest/api/{api}/group?groupId={id}")})
    } else {
        json!({"name": name, "self": format!("{base}/rest/api/2/group?groupname={name}")})
    })
}
