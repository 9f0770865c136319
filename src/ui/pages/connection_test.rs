//! The test panel of the connection form.
//!
//! Drawn by the server with the last result; with script it tests in place, can be cancelled, marks an
//! older result, and keeps Save shut until a test has passed. The server tests again on Save whatever
//! happens here.

#![expect(
    missing_docs,
    reason = "the island macro makes functions of its own; the island below is documented"
)]

use leptos::{ev, prelude::*, reactive::actions::ActionAbortHandle, wasm_bindgen::JsCast, web_sys};

use crate::{
    api::connection::{ConnectionFields, ConnectionTestView, test_connection},
    domain::connection_report::{Check, CheckState, ConnectionReport, Verdict},
    ui::components::{Icon, Note, Tone},
};

#[expect(clippy::too_many_lines, reason = "one panel whose parts share their signals")]
/// The panel. Looks for the form with the id `connection` on its page.
#[island]
pub fn ConnectionTest(
    /// The last result, if there is one.
    first: Option<ConnectionTestView>,
    /// It is of the values on the page.
    tested_now: bool,
    /// A stored connection is edited.
    editing: bool,
) -> impl IntoView {
    let shown = RwSignal::new(first.clone());
    let stale = RwSignal::new(false);
    let tested = RwSignal::new(tested_now);
    let problems = RwSignal::new(Vec::<(String, String)>::new());
    let handle = StoredValue::new(None::<ActionAbortHandle>);
    let passed = first
        .as_ref()
        .is_some_and(|first| first.report.verdict != Verdict::Failed);
    let may_save = RwSignal::new(editing || (tested_now && passed));
    let run = Action::new(|form: &ConnectionFields| {
        let form = form.clone();
        async move { test_connection(form).await }
    });
    let pending = run.pending();
    Effect::new(move |_| match run.value().get() {
        None => {}
        Some(Ok(view)) => {
            may_save.set(view.report.verdict != Verdict::Failed);
            problems.set(Vec::new());
            mark_fields(&[]);
            show_panel();
            shown.set(Some(view));
            stale.set(false);
            tested.set(true);
        }
        Some(Err(error)) => {
            may_save.set(false);
            let mut found: Vec<_> = error
                .fields
                .iter()
                .map(|one| (one.field.clone(), one.message.clone()))
                .collect();
            if found.is_empty() {
                found.push((String::new(), error.message));
            }
            if !mark_fields(&found) {
                show_panel();
            }
            problems.set(found);
        }
    });
    Effect::new(move |_| {
        let submit = window_event_listener(ev::submit, move |event| {
            let is_test = event
                .submitter()
                .and_then(|button| button.get_attribute("value"))
                .as_deref()
                == Some("test");
            let Some(form) = find_form().filter(|_| is_test) else {
                return;
            };
            event.prevent_default();
            if !pending.get_untracked() {
                problems.set(Vec::new());
                stale.set(false);
                handle.set_value(Some(run.dispatch(read_form(&form))));
            }
        });
        let input = window_event_listener(ev::input, move |event| {
            let control = event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
            let name = control
                .as_ref()
                .and_then(|control| control.get_attribute("name"))
                .unwrap_or_default();
            if !name.starts_with("form[") {
                return;
            }
            stale.set(true);
            if ["deployment", "url", "email", "token]", "ca_pem"]
                .iter()
                .any(|part| name.contains(part))
            {
                may_save.set(false);
            }
        });
        on_cleanup(move || {
            submit.remove();
            input.remove();
        });
    });
    Effect::new(move |_| {
        let words = match (pending.get(), stale.get(), tested.get(), may_save.get()) {
            (true, ..) => "Testing",
            (_, true, true, true) => "Tested with older values",
            (_, true, true, false) => "Tested with older values. Test again to save",
            (_, _, true, true) => "Tested with the values shown",
            (_, _, true, false) => "Save is possible after a passed test",
            (_, _, false, true) => "Not tested yet",
            (_, _, false, false) => "Save is possible after a passed test",
        };
        show_foot(words, may_save.get() && !pending.get(), pending.get());
    });
    let cancel = move |_| {
        if let Some(handle) = handle.try_update_value(Option::take).flatten() {
            handle.abort();
        }
    };
    let when = move || match shown.get() {
        Some(_) if stale.get() => "Tested with older values".to_owned(),
        Some(view) => view.tested,
        None => String::new(),
    };
    let running = move || {
        let line = view! {
            <p class="f13">
                <Icon name="s-run" class="spin" />
                " Asking Jira. This takes at most 10 s. "
                <button class="btn sm" type="button" on:click=cancel>"Cancel test"</button>
            </p>
        };
        pending.get().then(|| line.into_any())
    };
    let result = move || match shown.get() {
        Some(view) => result_view(view),
        None => before_view(),
    };
    view! {
        <section class="panel" aria-labelledby="test-title">
            <header>
                <h2 id="test-title" tabindex="-1">"Connection test"</h2>
                <span class="f12 faint">{when}</span>
            </header>
            <div class="body stack" role="status" aria-busy=move || pending.get().to_string()>
                {running}
                {move || problem_view(problems.get())}
                {result}
            </div>
        </section>
    }
    .into_any()
}

fn find_form() -> Option<web_sys::HtmlFormElement> {
    document().get_element_by_id("connection")?.dyn_into().ok()
}

fn read_form(form: &web_sys::HtmlFormElement) -> ConnectionFields {
    let data = web_sys::FormData::new_with_form(form).ok();
    let read = |name: &str| {
        data.as_ref()
            .and_then(|data| data.get(&format!("form[{name}]")).as_string())
            .unwrap_or_default()
    };
    ConnectionFields {
        id: read("id"),
        revision: read("revision"),
        name: read("name"),
        deployment: read("deployment"),
        url: read("url"),
        email: read("email"),
        token: read("token"),
        token_expires: read("token_expires"),
        description: read("description"),
        ca_pem: read("ca_pem"),
        kept: read("kept"),
    }
}

/// Width in CSS pixels below which the panel stands under the form.
const NARROW: f64 = 1200.0;

/// Brings the panel into view where it stands below the form.
fn show_panel() {
    let width = window().inner_width().ok().and_then(|width| width.as_f64());
    let title = document()
        .get_element_by_id("test-title")
        .and_then(|title| title.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(title) = title.filter(|_| width.is_some_and(|width| width < NARROW)) {
        drop(title.focus());
    }
}

/// Marks the fields that do not hold, each with its message, in place of earlier marks; the first gets
/// the focus. Gives whether there was one.
fn mark_fields(problems: &[(String, String)]) -> bool {
    let Some(form) = find_form() else { return false };
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
    let mut first = None;
    for (field, message) in problems {
        if let Some(control) = mark_field(field, message) {
            first = first.or(Some(control));
        }
    }
    let control = first.and_then(|control| control.dyn_into::<web_sys::HtmlElement>().ok());
    control.is_some_and(|control| control.focus().is_ok())
}

fn mark_field(field: &str, message: &str) -> Option<web_sys::Element> {
    let control = document()
        .get_element_by_id(field)
        .filter(|_| !field.is_empty())?;
    let place = control.closest(".field, fieldset").ok().flatten()?;
    let line = document().create_element("p").ok()?;
    let id = format!("{field}-error");
    line.set_id(&id);
    line.set_class_name("err");
    line.set_text_content(Some(message));
    place.append_child(&line).ok()?;
    let described = control.get_attribute("aria-describedby").unwrap_or_default();
    drop(control.set_attribute("aria-describedby", format!("{id} {described}").trim()));
    drop(control.set_attribute("aria-invalid", "true"));
    if let Ok(Some(closed)) = control.closest("details:not([open])") {
        drop(closed.set_attribute("open", ""));
    }
    Some(control)
}

/// The text beside the buttons, and whether Save can be pressed.
fn show_foot(words: &str, may_save: bool, busy: bool) {
    if let Some(state) = document().get_element_by_id("test-state") {
        state.set_text_content(Some(words));
    }
    let Some(form) = find_form() else { return };
    let button = |value: &str| {
        let found = form
            .query_selector(&format!("button[value={value}]"))
            .ok()
            .flatten();
        found.and_then(|button| button.dyn_into::<web_sys::HtmlButtonElement>().ok())
    };
    if let Some(save) = button("save") {
        save.set_disabled(!may_save);
    }
    if let Some(test) = button("test") {
        // Not disabled: it keeps the focus.
        drop(test.set_attribute("aria-busy", if busy { "true" } else { "false" }));
    }
}

fn problem_view(problems: Vec<(String, String)>) -> Option<AnyView> {
    if problems.is_empty() {
        return None;
    }
    let lines = problems.into_iter().map(|(field, message)| {
        if field.is_empty() {
            view! { <li>{message}</li> }.into_any()
        } else {
            view! { <li><a href=format!("#{field}")>{message}</a></li> }.into_any()
        }
    });
    Some(view! { <Note tone=Tone::Bad title="Not tested."><ul>{lines.collect_view()}</ul></Note> }.into_any())
}

fn before_view() -> AnyView {
    use crate::domain::connection_report::{PERMISSIONS, list_features, list_permissions};
    let features = list_features(&list_permissions(|_| false));
    view! {
        <p class="muted f13">
            "The test signs in once, reads the version of Jira and asks which of these permissions the account has. It changes nothing in Jira."
        </p>
        <table class="perm">
            <caption class="vh">"Permissions that will be checked"</caption>
            <thead><tr><th scope="col">"Permission"</th><th scope="col">"Needed for"</th></tr></thead>
            <tbody>
                {PERMISSIONS.into_iter().map(|(_, name)| {
                    let needed = features.iter().filter(|feature| feature.blocked_by.iter().any(|by| by == name));
                    let needed = needed.map(|feature| feature.feature.clone()).collect::<Vec<_>>().join("; ");
                    view! { <tr><th scope="row" class="nowrap">{name}</th><td class="muted">{needed}</td></tr> }
                }).collect_view()}
            </tbody>
        </table>
    }
    .into_any()
}

fn result_view(view: ConnectionTestView) -> AnyView {
    let ConnectionTestView { report, notices, .. } = view;
    view! {
        {verdict_view(&report)}
        {notices.into_iter().map(|notice| view! { <Note tone=Tone::Info>{notice}</Note> }).collect_view()}
        {identity_view(&report)}
        <h3>"Checks"</h3>
        <ul class="feat">{report.checks.iter().map(check_view).collect_view()}</ul>
        {features_view(&report)}
    }
    .into_any()
}

fn verdict_view(report: &ConnectionReport) -> AnyView {
    let (tone, title, text) = match report.verdict {
        Verdict::Passed => (
            Tone::Ok,
            "Connected.".to_owned(),
            "All checks passed. You can save now.".to_owned(),
        ),
        Verdict::PassedWithLimits if !report.can_browse() => (
            Tone::Warn,
            "Signed in, but this account can browse no project.".to_owned(),
            "You can save now, but nothing can be read or synced until a Jira administrator gives the account Browse Projects.".to_owned(),
        ),
        Verdict::PassedWithLimits => (
            Tone::Warn,
            "Connected, with limits.".to_owned(),
            "You can save now. What is limited is named below; the rest works.".to_owned(),
        ),
        Verdict::Failed => match report.find_failure() {
            Some(check) => (Tone::Bad, check.detail.clone(), check.next_step.clone()),
            None => (
                Tone::Bad,
                "The test did not finish.".to_owned(),
                "Test again.".to_owned(),
            ),
        },
    };
    view! { <Note tone=tone title=title>{text}</Note> }.into_any()
}

fn identity_view(report: &ConnectionReport) -> Option<AnyView> {
    let identity = report.identity.clone()?;
    let product = report
        .product
        .map_or("Jira", crate::domain::connection_report::product_name);
    let server = match (report.version.clone(), report.product) {
        (Some(version), Some(crate::domain::jira::Deployment::DataCenter)) => format!("{product} {version}"),
        _ => product.to_owned(),
    };
    Some(
        view! {
            <dl class="props">
                <dt>"Signed in as"</dt>
                <dd>{identity.display_name} {identity.email.map(|email| view! { " " <span class="faint">"(" {email} ")"</span> })}</dd>
                <dt>"Server"</dt>
                <dd>{server}</dd>
            </dl>
        }
        .into_any(),
    )
}

fn check_view(check: &Check) -> AnyView {
    let (icon, tone, word) = match check.state {
        CheckState::Passed => ("s-ok", Tone::Ok, "Passed"),
        CheckState::Failed => ("s-fail", Tone::Bad, "Failed"),
        CheckState::Warned => ("s-warn", Tone::Warn, "Limit"),
        CheckState::NotNeeded => ("s-none", Tone::Mute, "Not needed"),
        CheckState::NotReached => ("s-off", Tone::Mute, "Not checked"),
    };
    let text = format!("{} {}", check.detail, check.next_step).trim().to_owned();
    view! {
        <li>
            <Icon name=icon class="glyph" tone=tone />
            <span>{check.title.clone()}</span>
            <span class="faint">{word}</span>
            <span class="sub">{text}</span>
        </li>
    }
    .into_any()
}

fn features_view(report: &ConnectionReport) -> Option<AnyView> {
    if report.features.is_empty() {
        return None;
    }
    let features = report.features.iter().map(|feature| {
        let (icon, tone, word) = if feature.works {
            ("s-ok", Tone::Ok, "Ready")
        } else {
            ("s-warn", Tone::Warn, "Blocked")
        };
        let missing = (!feature.works).then(|| format!("Grant {} in Jira.", feature.blocked_by.join(", ")));
        view! {
            <li>
                <Icon name=icon class="glyph" tone=tone />
                <span>{feature.feature.clone()}</span>
                <span class="faint">{word}</span>
                {missing.map(|missing| view! { <span class="sub">{missing}</span> })}
            </li>
        }
    });
    let permissions = report.permissions.iter().map(|permission| {
        let (icon, tone, word) = if permission.granted {
            ("s-ok", Tone::Ok, "Granted")
        } else {
            ("s-warn", Tone::Warn, "Not granted")
        };
        view! {
            <tr>
                <th scope="row" class="nowrap">{permission.name.clone()}</th>
                <td class="nowrap"><Icon name=icon class="glyph" tone=tone />" "{word}</td>
            </tr>
        }
    });
    Some(
        view! {
            <h3>"What will work"</h3>
            <ul class="feat">{features.collect_view()}</ul>
            <h3>"Jira permissions"</h3>
            <table class="perm">
                <caption class="vh">"Jira permissions of this account"</caption>
                <thead><tr><th scope="col">"Permission"</th><th scope="col">"Result"</th></tr></thead>
                <tbody>{permissions.collect_view()}</tbody>
            </table>
        }
        .into_any(),
    )
}
