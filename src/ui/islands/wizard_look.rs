//! Shows what would come of the answers of a step while they are being changed.
//!
//! A moment after a change the step is asked for with the present answers in its address. The server
//! saves nothing; the parts of its page that depend on the answers are taken over: the preview, the
//! numbers of the tables, the line of steps, and a table whose rows depend on what was changed. The form
//! keeps what is typed. A change while an answer is on its way ends the wait for it, so that an older
//! answer never lies over a newer one. Without script the buttons of the page do the same.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::Rc,
    time::Duration,
};

use leptos::{ev, prelude::*, task::spawn_local, wasm_bindgen::JsCast, web_sys};

use super::region;
use crate::api::wizard::LOOK;

/// Id of a step's form. It has `data-dirty` where it was drawn with answers that are not saved.
pub const FORM: &str = "wz";
/// The preview beside the form.
pub const PREVIEW: &str = "preview";
/// The word that no answer came, hidden otherwise.
pub const LOST: &str = "preview-lost";
/// Marks a part with an id that is taken over: always, or, where it has a value, when an answer was
/// changed whose name begins with one of its words.
const PART: &str = "data-look";
/// What nothing depends on, and the project, which only the server can change.
const ALONE: [&str; 3] = ["description", "q", "project"];
/// Time without a change before the server is asked.
const PAUSE: Duration = Duration::from_millis(350);

/// Follows the changes of the form. Draws nothing.
#[island]
pub fn WizardLook() -> impl IntoView {
    Effect::new(move |_| {
        let looker = Rc::new(Looker::default());
        let handle = window_event_listener(ev::change, move |event| looker.change(&event));
        on_cleanup(move || handle.remove());
    });
}

#[derive(Default)]
struct Looker {
    /// Counts the changes: only the answer to the last one is taken.
    turn: Cell<u32>,
    /// What was changed since an answer was taken.
    changed: RefCell<BTreeSet<String>>,
    running: RefCell<Option<web_sys::AbortController>>,
}

impl Looker {
    fn change(self: &Rc<Self>, event: &web_sys::Event) {
        let Some(control) = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        else {
            return;
        };
        let Some(name) = control.get_attribute("name").and_then(|name| answer_name(&name)) else {
            return;
        };
        if ALONE.contains(&name.as_str()) || find_form().is_none_or(|form| !form.contains(Some(&control))) {
            return;
        }
        self.changed.borrow_mut().insert(name);
        let mine = self.turn.get().wrapping_add(1);
        self.turn.set(mine);
        if let Some(older) = self.running.replace(None) {
            older.abort();
        }
        show_busy(true);
        let looker = self.clone();
        set_timeout(move || looker.look(mine), PAUSE);
    }

    fn look(self: Rc<Self>, mine: u32) {
        if self.turn.get() != mine {
            return;
        }
        let (Some(address), Ok(control)) = (find_address(), web_sys::AbortController::new()) else {
            return;
        };
        self.running.replace(Some(control.clone()));
        spawn_local(async move {
            let page = region::load_page_until(&address, &control.signal()).await;
            if self.turn.get() != mine {
                return;
            }
            self.running.replace(None);
            show_busy(false);
            let page = page.filter(|page| page.get_element_by_id(PREVIEW).is_some());
            region::set_hidden(LOST, page.is_some());
            if let Some(page) = page {
                let changed = self.changed.replace(BTreeSet::new());
                for id in list_parts(&changed) {
                    region::patch(&id, &page);
                }
            }
        });
    }
}

/// `type.10` of `answers[type.10]`.
fn answer_name(name: &str) -> Option<String> {
    Some(name.strip_prefix("answers[")?.strip_suffix(']')?.to_owned())
}

/// Whether a part depends on one of the changed answers; `words` are parted by commas.
fn depends(words: &str, changed: &BTreeSet<String>) -> bool {
    words
        .split(',')
        .any(|word| changed.iter().any(|name| name.starts_with(word)))
}

fn find_form() -> Option<web_sys::Element> {
    document().get_element_by_id(FORM)
}

fn show_busy(busy: bool) {
    if let Some(preview) = document().get_element_by_id(PREVIEW) {
        drop(preview.set_attribute("aria-busy", if busy { "true" } else { "false" }));
    }
}

/// Ids of the parts to take over.
fn list_parts(changed: &BTreeSet<String>) -> Vec<String> {
    region::find_all(&document(), &format!("[{PART}]"))
        .into_iter()
        .filter(|part| depends(&part.get_attribute(PART).unwrap_or_default(), changed))
        .map(|part| part.id())
        .collect()
}

/// The step's address with the answers that differ from the draft: the draft has the others.
fn find_address() -> Option<String> {
    let form = find_form()?;
    let all = form.has_attribute("data-dirty");
    let given = region::find_all(&form, "input[type=hidden], input:checked, select option:checked");
    let query = web_sys::UrlSearchParams::new().ok()?;
    query.append(LOOK, "1");
    let place = window().location();
    if place
        .search()
        .is_ok_and(|search| search.contains("show=unmapped"))
    {
        query.append("show", "unmapped");
    }
    for control in given {
        let is_option = control.local_name() == "option";
        let named = if is_option {
            control.closest("select").ok()??
        } else {
            control.clone()
        };
        let name = named.get_attribute("name").unwrap_or_default();
        let Some(answer) = answer_name(&name) else {
            continue;
        };
        // The places of the date fields count together.
        let stays = is_option && control.has_attribute("selected") && !answer.starts_with("source");
        if all || !stays {
            query.append(&name, &control.get_attribute("value").unwrap_or_default());
        }
    }
    Some(format!(
        "{}?{}",
        place.pathname().ok()?,
        String::from(query.to_string())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_without_words_always_depends() {
        let changed = BTreeSet::from(["type.10".to_owned()]);
        assert!(depends("", &changed));
        assert!(depends("severity_field,type.", &changed));
        assert!(!depends("severity_field", &changed));
    }

    #[test]
    fn only_answers_have_names() {
        assert_eq!(answer_name("answers[type.10]").as_deref(), Some("type.10"));
        assert_eq!(answer_name("draft_revision"), None);
    }
}
