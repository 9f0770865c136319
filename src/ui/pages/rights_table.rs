//! What an account may do: each feature, how it stands, and the Jira permissions behind it.
//!
//! The same table beside a test and on the page of rights. A missing permission is named where it hurts.

use leptos::prelude::*;

use crate::{
    domain::connection_rights::{FeatureCheck, FeatureState, PermissionCheck},
    ui::components::{Icon, Tone},
};

/// The table. `caption` says whose rights, and where they hold.
pub fn rights_table(caption: String, features: &[FeatureCheck]) -> AnyView {
    let rows = features.iter().map(row_view).collect_view();
    view! {
        <table class="perm rights">
            <caption class="vh">{caption}</caption>
            <thead><tr><th scope="col">"Feature"</th><th scope="col">"Result"</th><th scope="col">"Jira permissions"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row_view(feature: &FeatureCheck) -> AnyView {
    let (icon, tone, word) = match feature.state() {
        FeatureState::Ready => ("s-ok", Tone::Ok, "Ready"),
        FeatureState::Depends => ("s-warn", Tone::Warn, "Depends"),
        FeatureState::Blocked => ("s-fail", Tone::Bad, "Blocked"),
    };
    let missing = feature.blocked_by.join(", ");
    let sub = match feature.state() {
        FeatureState::Ready => String::new(),
        FeatureState::Blocked => format!("Grant {missing} in Jira."),
        FeatureState::Depends => {
            format!("Missing: {missing}. Needed only in a project whose create screens require such a field.")
        }
    };
    let needs = feature.needs.iter().map(need_view).collect_view();
    view! {
        <tr>
            <th scope="row">{feature.feature.clone()}</th>
            <td class="nowrap"><Icon name=icon class="glyph" tone=tone />" "{word}</td>
            <td>
                <ul class="marks">{needs}</ul>
                {(!sub.is_empty()).then(|| view! { <span class="sub">{sub}</span> })}
            </td>
        </tr>
    }
    .into_any()
}

fn need_view(need: &PermissionCheck) -> AnyView {
    let (icon, tone, word) = if need.granted {
        ("s-ok", Tone::Ok, "granted")
    } else {
        ("s-fail", Tone::Bad, "not granted")
    };
    let name = need.name.clone();
    view! { <li><Icon name=icon class="glyph" tone=tone />" "{name}<span class="vh">", "{word}</span></li> }
        .into_any()
}
