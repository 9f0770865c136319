//! Tests the connection form in place.
//!
//! The Test button posts the same form to the same place as without script; the answer is the page that
//! a browser would show, and its panel, its problems and its marks are taken over. What was typed, the
//! token above all, stays where it is and is never in an answer. A test can be cancelled, an older result
//! is marked, and Save stays shut until a test has passed. The server tests again on Save whatever
//! happens here.

#![expect(
    missing_docs,
    reason = "the island macro makes functions of its own; the island below is documented"
)]

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::{ev, prelude::*, task::spawn_local, wasm_bindgen::JsCast, web_sys};

use super::region;
use crate::domain::connection::fields;

/// The form.
pub const FORM: &str = "connection";
/// What is wrong with it, above it.
pub const PROBLEMS: &str = "problems";
/// The list of errors in [`PROBLEMS`]; only there when there are some.
const SUMMARY: &str = "errors";
/// The word in [`PROBLEMS`] that a token has to be typed again.
pub const RETYPE: &str = "retype";
/// Title of the panel.
pub const TITLE: &str = "test-title";
/// When the result was made, in its head.
pub const WHEN: &str = "test-when";
/// Its body, a live region.
pub const BODY: &str = "test-body";
/// The line while Jira is asked, hidden otherwise.
pub const RUNNING: &str = "test-running";
/// The button that ends the wait.
pub const CANCEL: &str = "test-cancel";
/// The word that no answer came, hidden otherwise.
pub const LOST: &str = "test-lost";
/// The result; `data-tested` where it is of the values on the page, `data-passed` where Save follows.
pub const RESULT: &str = "test-result";
/// The verdict in it, which goes once something was changed.
pub const VERDICT: &str = "test-verdict";
/// The word that the result is of older values, hidden otherwise.
pub const STALE: &str = "test-stale";
/// What was put right about the address, at its field.
pub const URL_NOTICES: &str = "url-notices";
/// The words beside the buttons.
pub const STATE: &str = "test-state";

/// Width in CSS pixels below which the panel stands under the form.
const NARROW: f64 = 1200.0;

/// Parts of the form that decide what was tested.
const TESTED: [&str; 5] = ["deployment", "url", "email", "token]", "ca_pem"];

/// Makes the Test button of the form work in place. Draws nothing.
#[island]
pub fn ConnectionTest(
    /// A stored connection is edited, so that Save is open before a test.
    editing: bool,
) -> impl IntoView {
    Effect::new(move |_| watch(editing));
}

/// How things stand.
#[derive(Clone, Copy, Default)]
struct Standing {
    /// A result of this form is shown.
    tested: bool,
    /// Something that it was about was changed after it.
    stale: bool,
    may_save: bool,
}

impl Standing {
    fn words(self, busy: bool) -> &'static str {
        match (busy, self.tested, self.stale, self.may_save) {
            (true, ..) => "Testing",
            (_, true, true, _) => "Tested with older values. Test again to save",
            (_, true, false, true) => "Tested with the values shown",
            (_, false, _, true) => "Not tested in this form",
            _ => "Save is possible after a passed test",
        }
    }
}

struct Test {
    standing: Cell<Standing>,
    running: RefCell<Option<web_sys::AbortController>>,
}

fn watch(editing: bool) {
    let says = |name: &str| element(RESULT).is_some_and(|result| result.has_attribute(name));
    let tested = says("data-tested");
    let test = Rc::new(Test {
        standing: Cell::new(Standing {
            tested,
            may_save: editing || (tested && says("data-passed")),
            ..Standing::default()
        }),
        running: RefCell::new(None),
    });
    test.change(|_| {});
    let (starts, ends) = (test.clone(), test.clone());
    let submit = window_event_listener(ev::submit, move |event| starts.submit(&event));
    let click = window_event_listener(ev::click, move |event| ends.click(&event));
    let input = window_event_listener(ev::input, move |event| test.input(&event));
    on_cleanup(move || {
        submit.remove();
        click.remove();
        input.remove();
    });
}

impl Test {
    fn submit(self: &Rc<Self>, event: &web_sys::SubmitEvent) {
        let pressed = event.submitter().and_then(|button| button.get_attribute("value"));
        let Some(form) = find_form().filter(|_| pressed.as_deref() == Some("test")) else {
            return;
        };
        let Ok(control) = web_sys::AbortController::new() else {
            return;
        };
        event.prevent_default();
        if self.running.borrow().is_some() {
            return;
        }
        self.running.replace(Some(control.clone()));
        region::set_hidden(LOST, true);
        self.change(|_| {});
        let test = self.clone();
        spawn_local(async move {
            let sent = find_url().map(|url| url.value()).unwrap_or_default();
            let answer = region::post_form(&form, ("do", "test"), &control.signal()).await;
            test.running.replace(None);
            test.change(|_| {});
            if !control.signal().aborted() {
                test.take(&form, &sent, answer);
            }
        });
    }

    fn click(&self, event: &web_sys::MouseEvent) {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|target| target.id() == CANCEL)
            && let Some(control) = self.running.borrow().as_ref()
        {
            control.abort();
        }
    }

    fn input(&self, event: &web_sys::Event) {
        let control = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let name = control
            .and_then(|control| control.get_attribute("name"))
            .unwrap_or_default();
        if name.starts_with("form[") {
            // Name, date and description are no part of the test.
            let untested = TESTED.iter().any(|part| name.contains(part));
            self.change(|standing| {
                standing.stale |= untested && standing.tested;
                standing.may_save &= !untested;
            });
        }
    }

    /// Takes over what the page says that the form led to.
    /// `sent` is the address that was tested.
    fn take(&self, form: &web_sys::Element, sent: &str, answer: Option<web_sys::Document>) {
        let is_answer = |page: &web_sys::Document| {
            let result = page.get_element_by_id(RESULT);
            page.get_element_by_id(SUMMARY).is_some()
                || result.is_some_and(|result| result.has_attribute("data-tested"))
        };
        let Some(page) = answer.filter(is_answer) else {
            region::set_hidden(LOST, false);
            return;
        };
        if let Some(line) = page.get_element_by_id(RETYPE) {
            // Here the token is still in its field.
            line.remove();
        }
        if let Some(summary) = page.get_element_by_id(SUMMARY) {
            // Meant for a page that opens.
            drop(summary.remove_attribute("autofocus"));
        }
        region::patch(PROBLEMS, &page);
        let marked = mark_fields(form, &page);
        if let Some(summary) = element(SUMMARY) {
            // The result of an earlier test goes: it says nothing about what was refused now.
            region::patch(WHEN, &page);
            region::patch(RESULT, &page);
            self.change(|standing| *standing = Standing::default());
            region::focus(&marked.unwrap_or(summary));
            return;
        }
        region::patch(WHEN, &page);
        region::patch(RESULT, &page);
        region::patch(URL_NOTICES, &page);
        // The address as it was tested, unless another one was typed meanwhile.
        let tested = page
            .get_element_by_id(fields::URL)
            .and_then(|url| url.get_attribute("value"));
        if let (Some(url), Some(tested)) = (find_url(), tested)
            && url.value() == sent
        {
            url.set_value(&tested);
        }
        let passed = element(RESULT).is_some_and(|result| result.has_attribute("data-passed"));
        self.change(|standing| {
            *standing = Standing {
                tested: true,
                may_save: passed,
                stale: false,
            };
        });
        show_panel();
    }

    /// Changes how things stand and shows it.
    fn change(&self, change: impl FnOnce(&mut Standing)) {
        let mut standing = self.standing.get();
        change(&mut standing);
        self.standing.set(standing);
        let busy = self.running.borrow().is_some();
        region::set_text(STATE, standing.words(busy));
        region::set_hidden(RUNNING, !busy);
        region::set_hidden(STALE, !standing.stale);
        region::set_hidden(VERDICT, standing.stale);
        if let Some(save) = find_button("save") {
            save.set_disabled(busy || !standing.may_save);
        }
        // Not disabled: it keeps the focus.
        for waits in [element(BODY), find_button("test").map(Into::into)]
            .into_iter()
            .flatten()
        {
            drop(waits.set_attribute("aria-busy", if busy { "true" } else { "false" }));
        }
    }
}

fn element(id: &str) -> Option<web_sys::Element> {
    document().get_element_by_id(id)
}

fn find_url() -> Option<web_sys::HtmlInputElement> {
    element(fields::URL)?.dyn_into().ok()
}

fn find_form() -> Option<web_sys::HtmlFormElement> {
    element(FORM)?.dyn_into().ok()
}

fn find_button(value: &str) -> Option<web_sys::HtmlButtonElement> {
    let found = element(FORM)?.query_selector(&format!("button[value={value}]"));
    found.ok().flatten()?.dyn_into().ok()
}

/// Brings the panel into view where it stands below the form.
fn show_panel() {
    let width = window().inner_width().ok().and_then(|width| width.as_f64());
    if let Some(title) = element(TITLE).filter(|_| width.is_some_and(|width| width < NARROW)) {
        region::focus(&title);
    }
}

/// Marks the fields that the page marks, in place of earlier marks; gives the first.
fn mark_fields(form: &web_sys::Element, page: &web_sys::Document) -> Option<web_sys::Element> {
    while let Ok(Some(line)) = form.query_selector(".err") {
        line.remove();
    }
    while let Ok(Some(control)) = form.query_selector("[aria-invalid=true]") {
        drop(control.remove_attribute("aria-invalid"));
        let described = control.get_attribute("aria-describedby").unwrap_or_default();
        let kept: Vec<&str> = described
            .split(' ')
            .filter(|id| !id.ends_with("-error"))
            .collect();
        drop(control.set_attribute("aria-describedby", &kept.join(" ")));
    }
    let answered = page.get_element_by_id(FORM)?;
    let mut first = None;
    while let Ok(Some(line)) = answered.query_selector(".err") {
        line.remove();
        first = first.or(mark_field(&line));
    }
    first
}

fn mark_field(line: &web_sys::Element) -> Option<web_sys::Element> {
    let id = line.id();
    let control = element(id.strip_suffix("-error")?)?;
    let place = control.closest(".field, fieldset").ok().flatten()?;
    let copy = document().import_node_with_deep(line, true).ok()?;
    place.append_child(&copy).ok()?;
    let described = control.get_attribute("aria-describedby").unwrap_or_default();
    drop(control.set_attribute("aria-describedby", format!("{id} {described}").trim()));
    drop(control.set_attribute("aria-invalid", "true"));
    if let Ok(Some(closed)) = control.closest("details:not([open])") {
        drop(closed.set_attribute("open", ""));
    }
    Some(control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_say_why_save_is_shut() {
        let words = |tested, stale, may_save| {
            let standing = Standing {
                tested,
                stale,
                may_save,
            };
            standing.words(false)
        };
        let shut = "Save is possible after a passed test";
        assert_eq!(words(false, false, false), shut);
        assert_eq!(words(true, false, false), shut);
        assert_eq!(
            words(true, true, false),
            "Tested with older values. Test again to save"
        );
        assert_eq!(words(true, false, true), "Tested with the values shown");
        assert_eq!(words(false, false, true), "Not tested in this form");
        assert_eq!(Standing::default().words(true), "Testing");
    }
}
