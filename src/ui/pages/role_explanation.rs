//! What each role may do, as a table on the pages where roles are given.

use leptos::prelude::*;

use crate::{
    domain::role_table::RoleTable,
    ui::components::{Cell, Column, Icon, Row, RowHead, Table, Tone},
};

/// Id of the section, to lead to it.
pub(super) const ROLES: &str = "roles";

/// The table with its heading and `lead`.
pub(super) fn role_explanation(table: &RoleTable, lead: &'static str) -> AnyView {
    let columns = std::iter::once(Column::new("May"))
        .chain(table.roles.iter().map(|role| Column::new(*role)))
        .collect();
    let rows = table
        .rows
        .iter()
        .map(|(words, allowed)| {
            let words = *words;
            let cells = table
                .roles
                .iter()
                .zip(allowed)
                .map(|(role, may)| {
                    let role = *role;
                    // A card names those who may.
                    let class = if *may { "" } else { "wide" };
                    let mark = mark(*may);
                    view! { <Cell label=role class=class>{mark}</Cell> }
                })
                .collect_view();
            view! {
                <Row>
                    <RowHead>
                        <span class="regular">{words}</span>
                    </RowHead>
                    {cells}
                </Row>
            }
        })
        .collect_view();
    let alike = table
        .alike()
        .into_iter()
        .map(|roles| format!(" {roles} may do the same so far."))
        .collect::<Vec<_>>()
        .concat();
    view! {
        <section class="mt8" aria-labelledby=ROLES>
            <h2 id=ROLES>"What each role may do"</h2>
            <p class="muted f13 mb">{lead} {alike}</p>
            <Table caption="What each role may do" columns=columns dense=true>
                {rows}
            </Table>
        </section>
    }
    .into_any()
}

fn mark(may: bool) -> AnyView {
    if may {
        view! { <span class="nowrap"><Icon name="s-ok" class="glyph" tone=Tone::Ok />" Yes"</span> }
            .into_any()
    } else {
        view! { <span class="faint">"No"</span> }.into_any()
    }
}
