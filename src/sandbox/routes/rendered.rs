//! `renderedFields`: an issue's fields as its page would show them.
//!
//! Rich texts become HTML, times become words in the caller's zone, sizes are rounded; every other field
//! is null. Jira writes times in the language of the profile, here it is always English.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use serde_json::Value;

use super::{super::markup, Call};
use crate::sandbox::world::Issue;

/// The fields that are shown, rendered.
pub(super) fn render_fields(call: &Call<'_>, issue: &Issue, shown: Option<&Value>) -> Value {
    let zone = call
        .caller
        .and_then(|account| TimeZone::get(&account.time_zone).ok());
    let zone = zone.unwrap_or(TimeZone::UTC);
    let shown = shown.and_then(Value::as_object);
    let rendered = shown
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), render(call, issue, (name, value), &zone)));
    Value::Object(rendered.collect())
}

fn render(call: &Call<'_>, issue: &Issue, (name, value): (&str, &Value), zone: &TimeZone) -> Value {
    match name {
        "timetracking" => value.clone(),
        "comment" => render_list(value, "comments", "body", zone),
        "worklog" => render_list(value, "worklogs", "comment", zone),
        "attachment" => Value::Array(
            value
                .as_array()
                .into_iter()
                .flatten()
                .map(|file| render_file(file, zone))
                .collect(),
        ),
        "created" | "updated" | "resolutiondate" | "lastViewed" | "duedate" | "statuscategorychangedate" => {
            write_time(value, zone)
        }
        _ if is_rich(call, name) => {
            let html = issue
                .find_field(name)
                .map(|value| Value::from(markup::to_html(value)));
            html.unwrap_or_default()
        }
        _ => Value::Null,
    }
}

fn is_rich(call: &Call<'_>, name: &str) -> bool {
    let mut fields = call.world.fields.iter();
    let custom = fields
        .find(|field| field["id"] == name)
        .and_then(|field| field["schema"]["custom"].as_str());
    ["description", "environment"].contains(&name) || custom.is_some_and(|kind| kind.ends_with(":textarea"))
}

/// Comments or logged work: the text of each as HTML, its times as words.
fn render_list(field: &Value, list: &str, text: &str, zone: &TimeZone) -> Value {
    let mut rendered = field.clone();
    for entry in rendered[list].as_array_mut().into_iter().flatten() {
        render_times(entry, &["created", "updated", "started"], zone);
        if let Some(body) = entry.get_mut(text).filter(|body| !body.is_null()) {
            *body = Value::from(markup::to_html(body));
        }
    }
    rendered
}

fn render_file(file: &Value, zone: &TimeZone) -> Value {
    let mut rendered = file.clone();
    render_times(&mut rendered, &["created"], zone);
    if let Some(bytes) = file["size"].as_u64() {
        rendered["size"] = Value::from(write_size(bytes));
    }
    rendered
}

fn render_times(entry: &mut Value, names: &[&str], zone: &TimeZone) {
    for name in names {
        if let Some(value) = entry.get_mut(*name) {
            *value = write_time(value, zone);
        }
    }
}

/// `19/Mar/20 4:26 PM`, a day `24/Mar/21`; null stays null.
fn write_time(value: &Value, zone: &TimeZone) -> Value {
    let Some(text) = value.as_str() else {
        return Value::Null;
    };
    if let Ok(day) = text.parse::<Date>()
        && text.len() == 10
    {
        return Value::from(day.strftime("%d/%b/%y").to_string());
    }
    let stamp = Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text);
    let local: Option<DateTime> = stamp.ok().map(|stamp| stamp.to_zoned(zone.clone()).datetime());
    local.map_or(Value::Null, |local| {
        Value::from(local.strftime("%d/%b/%y %-I:%M %p").to_string())
    })
}

fn write_size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!(
            "{:.1} kB",
            f64::from(u32::try_from(bytes).unwrap_or_default()) / 1024.0
        ),
        1024..1_048_576 => format!("{} kB", bytes / 1024),
        _ => format!(
            "{:.2} MB",
            f64::from(u32::try_from(bytes / 1024).unwrap_or(u32::MAX)) / 1024.0
        ),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn times_are_words_in_the_callers_zone() {
        let zone = TimeZone::get("Asia/Kolkata").unwrap();
        for (value, wanted) in [
            (json!("2020-03-19T16:26:11.123+0100"), json!("19/Mar/20 8:56 PM")),
            (json!("2021-03-24"), json!("24/Mar/21")),
            (json!(null), json!(null)),
            (json!("soon"), json!(null)),
        ] {
            assert_eq!(write_time(&value, &zone), wanted, "{value}");
        }
    }

    #[test]
    fn sizes_are_rounded() {
        let written = [512, 8192, 3_145_728].map(write_size);
        assert_eq!(written, ["0.5 kB", "8 kB", "3.00 MB"]);
    }

    #[test]
    fn comments_keep_their_people_and_change_their_text() {
        let field = json!({"total": 1, "comments": [{
            "id": "1", "author": {"displayName": "Ada"}, "body": "a < b", "created": "2020-03-19T16:26:11.123+0000",
        }]});
        let rendered = render_list(&field, "comments", "body", &TimeZone::UTC);
        let one = &rendered["comments"][0];
        assert_eq!(one["author"], field["comments"][0]["author"]);
        assert_eq!(one["created"], "19/Mar/20 4:26 PM");
        assert_eq!(one["body"], "<p>a &lt; b</p>");
    }
}
