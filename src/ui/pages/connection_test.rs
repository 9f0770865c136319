//! The test panel of the connection form: what a test found, or will look at.
//!
//! Drawn by the server alone; `islands::connection_test` takes it over from the answer to a test.

use leptos::prelude::*;

use crate::{
    api::connection::ConnectionTestView,
    domain::{
        connection_report::{
            Check, CheckState, ConnectionReport, PERMISSIONS, Verdict, needed_for, product_name, sort_checks,
        },
        dates::format_date,
        jira::Deployment,
        numbers::counted,
    },
    ui::{
        components::{Button, Disclosure, Icon, Note, Tone},
        islands::connection_test::{self as island, ConnectionTest},
        pages::rights_table::rights_table,
    },
};

/// The panel: the last result if there is one, and whether it is of the values on the page.
/// `rights` is the page of a saved connection's rights.
pub fn panel_view(tested: Option<ConnectionTestView>, tested_now: bool, rights: Option<String>) -> AnyView {
    let editing = rights.is_some();
    let passed = tested
        .as_ref()
        .is_some_and(|test| test.report.verdict != Verdict::Failed);
    let when = tested
        .as_ref()
        .map(|test| test.tested.clone())
        .unwrap_or_default();
    let result = tested.map_or_else(before_view, |tested| result_view(tested, tested_now, rights));
    view! {
        <section class="panel" aria-labelledby=island::TITLE>
            <header>
                <h2 id=island::TITLE tabindex="-1">"Connection test"</h2>
                <span class="f12 faint" id=island::WHEN>{when}</span>
            </header>
            <div class="body stack" id=island::BODY role="status">
                <p class="f13" id=island::RUNNING hidden=true>
                    <Icon name="s-run" class="spin" />
                    " Asking Jira. This takes at most 10 s. "
                    <button class="btn sm" type="button" id=island::CANCEL>"Cancel test"</button>
                </p>
                <div id=island::LOST hidden=true>
                    <Note tone=Tone::Bad title="Not tested.">
                        "Traceline did not answer, or you are signed out. Check your connection, sign in again in another tab if you have to, then test again: what you typed is still here."
                    </Note>
                </div>
                <div id=island::STALE hidden=true>
                    <Note tone=Tone::Warn title="Tested with older values.">"Something was changed since. Test again to see what holds now."</Note>
                </div>
                <div class="stack" id=island::RESULT data-tested=tested_now.then_some("") data-passed=passed.then_some("")>
                    {result}
                </div>
            </div>
            <ConnectionTest editing=editing />
        </section>
    }
    .into_any()
}

fn before_view() -> AnyView {
    let rows = PERMISSIONS.iter().map(|(key, name)| {
        view! {
            <tr>
                <th scope="row" class="nowrap"><Icon name="s-none" class="glyph" tone=Tone::Mute />" "{*name}</th>
                <td class="muted">{needed_for(key)}</td>
            </tr>
        }
    });
    view! {
        <p class="muted f13">
            "The test signs in once, reads the version of Jira and asks which of these permissions the account has. It changes nothing in Jira."
        </p>
        <table class="perm needs">
            <caption class="vh">"Permissions that will be checked"</caption>
            <thead><tr><th scope="col">"Permission"</th><th scope="col">"Needed for"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

/// `now` tells that the values on the page were tested, not the stored ones some time ago.
fn result_view(view: ConnectionTestView, now: bool, rights: Option<String>) -> AnyView {
    let ConnectionTestView { report, notices, .. } = view;
    view! {
        {verdict_view(&report, now)}
        {notices.into_iter().map(|notice| view! { <Note tone=Tone::Info>{notice}</Note> }).collect_view()}
        {identity_view(&report)}
        <h3>"Checks"</h3>
        {checks_view(&report.checks)}
        {features_view(&report, rights)}
    }
    .into_any()
}

/// What needs attention stands open; what is well is folded away under its number.
fn checks_view(checks: &[Check]) -> AnyView {
    let (open, quiet) = sort_checks(checks);
    let count = |state: CheckState| {
        let found = quiet.iter().filter(|check| check.state == state).count();
        u64::try_from(found).unwrap_or(u64::MAX)
    };
    let summary: Vec<String> = [
        (CheckState::Passed, "check passed", "checks passed"),
        (CheckState::NotNeeded, "check not needed", "checks not needed"),
        (CheckState::NotReached, "check not made", "checks not made"),
    ]
    .into_iter()
    .map(|(state, one, many)| (count(state), one, many))
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| counted(count, one, many))
    .collect();
    let quiet_list = quiet.iter().map(|check| check_view(check)).collect_view();
    view! {
        {(!open.is_empty()).then(|| view! { <ul class="feat">{open.iter().map(|check| check_view(check)).collect_view()}</ul> })}
        {(!quiet.is_empty()).then(|| view! {
            <Disclosure summary=summary.join(", ") class="f13">
                <ul class="feat">{quiet_list}</ul>
            </Disclosure>
        })}
    }
    .into_any()
}

fn verdict_view(report: &ConnectionReport, now: bool) -> AnyView {
    let passed = |text: &str| {
        if now {
            format!("You can save now. {text}")
        } else {
            text.to_owned()
        }
    };
    let (tone, title, text) = match report.verdict {
        Verdict::Passed => (
            Tone::Ok,
            "Connected.".to_owned(),
            passed(if now {
                "All checks passed."
            } else {
                "All checks passed when the stored values were tested last."
            }),
        ),
        Verdict::PassedWithLimits if !report.can_browse() => (
            Tone::Warn,
            "Signed in, but this account can browse no project.".to_owned(),
            passed(
                "Nothing can be read or synced until a Jira administrator gives the account Browse Projects.",
            ),
        ),
        Verdict::PassedWithLimits => (
            Tone::Warn,
            "Connected, with limits.".to_owned(),
            passed("What is limited is named below; the rest works."),
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
    let switch = report.other_type();
    let offered = switch.is_some();
    let action = move || switch.map(switch_button);
    view! {
        <div id=island::VERDICT><Note tone=tone title=title with_action=offered action=action>{text}</Note></div>
    }
    .into_any()
}

/// Turns the form to this type and keeps what was typed.
pub fn switch_button(to: Deployment) -> AnyView {
    let words = format!("Switch to {}", product_name(to));
    view! { <Button form=island::FORM name="do" value="switch" small=true>{words}</Button> }.into_any()
}

fn identity_view(report: &ConnectionReport) -> Option<AnyView> {
    let identity = report.identity.clone()?;
    let product = report.product.map_or("Jira", product_name);
    let ends = report
        .token_expires
        .as_ref()
        .and_then(|day| day.parse().ok())
        .map(format_date);
    let server = match (report.version.clone(), report.product) {
        (Some(version), Some(Deployment::DataCenter)) => format!("{product} {version}"),
        _ => product.to_owned(),
    };
    Some(
        view! {
            <dl class="props">
                <dt>"Signed in as"</dt>
                <dd>{identity.display_name} {identity.email.map(|email| view! { " " <span class="faint">"(" {email} ")"</span> })}</dd>
                <dt>"Server"</dt>
                <dd>{server}</dd>
                {ends.map(|day| view! { <dt>"Token ends"</dt><dd>{day}<span class="sub">"Read from Jira, and saved as token expiry."</span></dd> })}
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
    // What to name when asking for help.
    let must_act =
        matches!(check.state, CheckState::Failed | CheckState::Warned) && !check.outcome.is_empty();
    let code = must_act.then(|| view! { " "<code class="faint">{check.outcome.clone()}</code> });
    view! {
        <li data-outcome=check.outcome.clone()>
            <Icon name=icon class="glyph" tone=tone />
            <span>{check.title.clone()}</span>
            <span class="faint">{word}</span>
            <span class="sub">{text} {code}</span>
        </li>
    }
    .into_any()
}

fn features_view(report: &ConnectionReport, rights: Option<String>) -> Option<AnyView> {
    if report.features.is_empty() {
        return None;
    }
    let table = rights_table(
        "What the account may do, in at least one project".to_owned(),
        &report.features,
    );
    Some(
        view! {
            <h3>"What will work"</h3>
            <p class="muted f13">
                "As far as the account has the permissions in at least one project. "
                {match rights {
                    Some(href) => view! { <a href=href>"Look at one project"</a> }.into_any(),
                    None => "Once the connection is saved, its page Rights looks at one project at a time.".into_any(),
                }}
            </p>
            {table}
        }
        .into_any(),
    )
}
