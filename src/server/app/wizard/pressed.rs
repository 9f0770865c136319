//! What the button says that a step was sent with, as far as it leads somewhere.

use crate::{domain::wizard_steps::StepId, server::app::wizard::answers::Answers};

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
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let field = if field.chars().all(plain) { field } else { "" };
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
