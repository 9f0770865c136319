//! What the button says that a step was sent with, as far as it leads somewhere.
//!
//! Every way ends at a place on the page, so that who goes on by keyboard begins where the step begins and
//! not at the top of the page.

use crate::{
    api::wizard::{SAID, STEP},
    domain::{
        wizard::Settings,
        wizard_steps::{StepId, next_step, previous_step},
    },
    server::app::{target, wizard::answers::Answers},
};

/// Where a button leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The step to open.
    pub step: StepId,
    /// Query of its address; may be empty.
    pub query: String,
    /// Id of the element on its page that gets the focus.
    pub place: String,
}

impl Way {
    /// Its address.
    pub fn address(&self, project: &str, configuration: &str) -> String {
        let page = target::wizard(project, configuration, self.step.number());
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("{page}{mark}{}#{}", self.query, self.place)
    }
}

/// Where a step leads whose answers are saved; `search` is what step 1 is to search for.
pub fn find_way(step: StepId, pressed: &str, search: Option<&str>, settings: &Settings) -> Way {
    let to = |step: StepId, query: &str, place: &str| Way {
        step,
        query: query.to_owned(),
        place: place.to_owned(),
    };
    if let Some(words) = search {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", words);
        return to(step, &query.finish(), "q");
    }
    if let Some((step, field)) = find_step(pressed) {
        return to(step, "", if field.is_empty() { STEP } else { field });
    }
    if let Some((only_unmapped, table)) = find_filter(pressed) {
        let place = if table.is_empty() {
            STEP.to_owned()
        } else {
            format!("gaps-{table}")
        };
        return to(step, if only_unmapped { "show=unmapped" } else { "" }, &place);
    }
    match pressed {
        "next" => to(next_step(settings, step).unwrap_or(step), "", STEP),
        "back" => to(previous_step(settings, step).unwrap_or(StepId::Project), "", STEP),
        "preview" => to(step, "done=preview", "preview"),
        "refresh" => to(step, "done=refreshed", STEP),
        _ if find_accepted(pressed).is_some() => to(step, "done=accepted", SAID),
        _ => to(step, "done=saved", SAID),
    }
}

/// Whether the button only shows something else of the same step: then nothing counts as saved unless an
/// answer changed.
pub fn only_looks(pressed: &str, search: Option<&str>) -> bool {
    search.is_some() || find_filter(pressed).is_some() || matches!(pressed, "preview" | "refresh")
}

/// The prefix of the table whose suggestions the button accepts; empty for all tables of the step.
pub fn find_accepted(pressed: &str) -> Option<&str> {
    let rest = pressed.strip_prefix("accept_suggestions")?;
    if rest.is_empty() {
        Some("")
    } else {
        rest.strip_prefix('.')
    }
}

/// `show.unmapped` and `show.all`: whether only unmapped rows are wanted, and the prefix of the table where
/// it was pressed; may be empty.
fn find_filter(pressed: &str) -> Option<(bool, &str)> {
    let rest = pressed.strip_prefix("show.")?;
    let (which, table) = rest.split_once('.').unwrap_or((rest, ""));
    let table = if table.chars().all(is_plain) { table } else { "" };
    match which {
        "unmapped" => Some((true, table)),
        "all" => Some((false, table)),
        _ => None,
    }
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// What step 1 is to search for: `search` was pressed, or Enter with words that were not searched yet.
pub fn find_query<'a>(step: StepId, pressed: &str, answers: &'a Answers) -> Option<&'a str> {
    let text = |name: &str| answers.get(name).map_or("", |text| text.trim());
    let asked = match pressed {
        "search" => true,
        "enter" => text("q") != text("searched"),
        _ => false,
    };
    (step == StepId::Project && asked).then(|| text("q"))
}

/// `go.N`: the step to open, and the id of the control to show there; may be empty.
pub fn find_step(pressed: &str) -> Option<(StepId, &str)> {
    let rest = pressed.strip_prefix("go.")?;
    let (number, field) = rest.split_once('.').unwrap_or((rest, ""));
    let field = if field.chars().all(is_plain) { field } else { "" };
    Some((StepId::find_number(number.parse().ok()?)?, field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_a_button_or_enter_in_its_field() {
        let sent = |q: &str, searched: &str| {
            Answers::from([
                ("q".to_owned(), q.to_owned()),
                ("searched".to_owned(), searched.to_owned()),
            ])
        };
        for (step, pressed, q, searched, found) in [
            (StepId::Project, "search", " pay ", "", Some("pay")),
            (StepId::Project, "search", "", "pay", Some("")),
            (StepId::Project, "enter", "pay", "", Some("pay")),
            (StepId::Project, "enter", "pay", "pay", None),
            (StepId::Project, "enter", "", "", None),
            (StepId::Project, "save", "pay", "", None),
            (StepId::Bugs, "search", "pay", "", None),
        ] {
            assert_eq!(
                find_query(step, pressed, &sent(q, searched)),
                found,
                "{pressed} {q} {searched}"
            );
        }
        assert_eq!(find_query(StepId::Project, "enter", &Answers::new()), None);
    }

    #[test]
    fn every_button_leads_to_a_place_on_its_page() {
        let settings = Settings {
            pull_requirements: false,
            ..Settings::default()
        };
        let address = |step, pressed: &str, search| {
            let way = find_way(step, pressed, search, &settings);
            let address = way.address("p", "c");
            address.replace("/projects/p/integrations/c/step/", "")
        };
        for (step, pressed, search, found) in [
            (StepId::Project, "next", None, "2#step"),
            (StepId::Priorities, "next", None, "6#step"),
            (StepId::Bugs, "back", None, "4#step"),
            (StepId::Project, "back", None, "1#step"),
            (StepId::Bugs, "go.3", None, "3#step"),
            (StepId::Bugs, "go.3.board", None, "3#board"),
            (StepId::Bugs, "save", None, "6?done=saved#said"),
            (StepId::Bugs, "up.2", None, "6?done=saved#said"),
            (
                StepId::Bugs,
                "accept_suggestions.map",
                None,
                "6?done=accepted#said",
            ),
            (
                StepId::Bugs,
                "show.unmapped.map",
                None,
                "6?show=unmapped#gaps-map",
            ),
            (StepId::Bugs, "show.unmapped.a#b", None, "6?show=unmapped#step"),
            (StepId::Bugs, "show.all", None, "6#step"),
            (StepId::Bugs, "refresh", None, "6?done=refreshed#step"),
            (StepId::Bugs, "preview", None, "6?done=preview#preview"),
            (StepId::Project, "enter", Some("pay & go"), "1?q=pay+%26+go#q"),
        ] {
            assert_eq!(address(step, pressed, search), found, "{pressed}");
        }
    }

    #[test]
    fn looking_around_is_not_saving() {
        for pressed in ["show.all.map", "show.unmapped", "preview", "refresh"] {
            assert!(only_looks(pressed, None), "{pressed}");
        }
        for pressed in [
            "save",
            "next",
            "back",
            "go.2",
            "accept_suggestions",
            "enter",
            "show.else",
        ] {
            assert!(!only_looks(pressed, None), "{pressed}");
        }
        assert!(only_looks("enter", Some("pay")));
    }

    #[test]
    fn a_way_names_a_step_and_a_control() {
        for (pressed, found) in [
            ("go.3", Some((StepId::Iterations, ""))),
            ("go.5.date_sources", Some((StepId::Requirements, "date_sources"))),
            ("go.5.a#b?c", Some((StepId::Requirements, ""))),
            ("go.7", None),
            ("go.", None),
            ("next", None),
        ] {
            assert_eq!(find_step(pressed), found, "{pressed}");
        }
    }
}
