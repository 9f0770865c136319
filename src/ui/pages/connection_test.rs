//! The test panel of the connection form: what a test found, or will look at.
//!
//! Drawn by the server alone; `islands::connection_test` takes it over from the answer to a test.

use leptos::prelude::*;

use crate::{
    api::connection::ConnectionTestView,
    domain::connection_report::{Check, CheckState, ConnectionReport, Verdict},
    ui::{
        components::{Icon, Note, Tone},
        islands::connection_test::{self as island, ConnectionTest},
    },
};

/// The panel: the last result if there is one, and whether it is of the values on the page.
pub fn panel_view(tested: Option<ConnectionTestView>, tested_now: bool, editing: bool) -> AnyView {
    let passed = tested
        .as_ref()
        .is_some_and(|test| test.report.verdict != Verdict::Failed);
    let when = tested
        .as_ref()
        .map(|test| test.tested.clone())
        .unwrap_or_default();
    let result = tested.map_or_else(before_view, result_view);
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
    use crate::domain::connection_report::{list_features, list_permissions};
    // As if none were granted: every feature names all that it needs.
    let features = list_features(&list_permissions(|_| false));
    view! {
        <p class="muted f13">
            "The test signs in once, reads the version of Jira and asks which of these permissions the account has. It changes nothing in Jira."
        </p>
        <table class="perm needs">
            <caption class="vh">"Permissions that will be checked"</caption>
            <thead><tr><th scope="col">"To"</th><th scope="col">"The account needs"</th></tr></thead>
            <tbody>
                {features.into_iter().map(|feature| {
                    let needed = feature.blocked_by.join(", ");
                    view! { <tr><th scope="row">{feature.feature}</th><td class="muted">{needed}</td></tr> }
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
    view! { <div id=island::VERDICT><Note tone=tone title=title>{text}</Note></div> }.into_any()
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
