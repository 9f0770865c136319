//! The audit log: who did what, when, from where, with filters in the address and a file of it.

use jiff::civil::Date;
use leptos::prelude::*;

use crate::{
    api::{
        ApiError,
        audit::{AuditEntryView, AuditFields, AuditView, load_audit_log},
    },
    domain::{audit::AuditAction, numbers::counted},
    ui::{
        components::{
            Button, ButtonKind, Cell, Column, EmptyState, Field, LinkButton, PageHead, Pager, Row, RowHead,
            Select, Table, TextInput, moment,
        },
        layout::{Section, account_page},
        pages::mirrored_list::choices,
        paths,
        query::Query,
    },
};

/// The audit log.
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = Query::here();
    let get = |name: &str| query.get(name).unwrap_or_default();
    let fields = AuditFields {
        person: get("person"),
        connection: get("connection"),
        action: get("action"),
        from: get("from"),
        to: get("to"),
        before: get("before"),
    };
    account_page(Section::Audit, "Audit log", |_frame| page(fields))
}

fn address(fields: &AuditFields, before: Option<i64>) -> String {
    let before = before.map(|before| before.to_string()).unwrap_or_default();
    paths::with_query(
        paths::AUDIT,
        &[
            ("person", &fields.person),
            ("connection", &fields.connection),
            ("action", &fields.action),
            ("from", &fields.from),
            ("to", &fields.to),
            ("before", &before),
        ],
    )
}

async fn page(fields: AuditFields) -> Result<AnyView, ApiError> {
    let view = load_audit_log(fields.clone()).await?;
    let table = if view.entries.is_empty() {
        nothing(&fields)
    } else {
        entries(&view, &fields)
    };
    let end = (!view.head.is_empty()).then(|| end_of_log(&view));
    Ok(view! {
        <PageHead
            title="Audit log"
            lead="Who did what, when, and from where. Entries are added and never changed or removed."
        />
        {filters(&view, &fields)}
        {table}
        {export(&fields)}
        {end}
    }
    .into_any())
}

fn filters(view: &AuditView, fields: &AuditFields) -> AnyView {
    let people = choices("Everybody", view.people.clone());
    let connections = choices("All connections", view.connections.clone());
    let actions = AuditAction::ALL
        .iter()
        .map(|action| (action.code(), action.label()));
    let actions = choices("All actions", actions);
    let clear = fields.is_filtered().then(
        || view! { <LinkButton href=paths::AUDIT small=true kind=ButtonKind::Quiet>"Clear"</LinkButton> },
    );
    // A control for days warns in the console about a value that is none; its error quotes the value.
    let day = |typed: &String| typed.parse::<Date>().map(|_| typed.clone()).unwrap_or_default();
    let (from, to) = (day(&fields.from), day(&fields.to));
    view! {
        <form class="toolbar" method="get" action=paths::AUDIT role="search" aria-label="Audit log">
            <Select name="person" label="Person" options=people value=fields.person.clone() small=true />
            <Select name="connection" label="Connection" options=connections value=fields.connection.clone() small=true />
            <Select name="action" label="Action" options=actions value=fields.action.clone() small=true />
            <Field id="from" label="From" error=view.from_error.clone()>
                <TextInput name="from" kind="date" value=from />
            </Field>
            <Field id="to" label="To" error=view.to_error.clone()>
                <TextInput name="to" kind="date" value=to />
            </Field>
            <Button small=true icon="i-filter">"Apply"</Button>
            {clear}
        </form>
    }
    .into_any()
}

fn nothing(fields: &AuditFields) -> AnyView {
    if fields.is_filtered() {
        view! {
            <EmptyState bare=true title="No entry matches" text="Change the filters, or clear them to see all.">
                <LinkButton href=paths::AUDIT>"Clear filters"</LinkButton>
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <EmptyState title="No entries" text="Nothing older than this is in the log.">
            <LinkButton href=paths::AUDIT>"Newest entries"</LinkButton>
        </EmptyState> }
        .into_any()
    }
}

fn entries(view: &AuditView, fields: &AuditFields) -> AnyView {
    let columns = vec![
        Column::new("What"),
        Column::new("When"),
        Column::new("Who"),
        Column::new("About"),
        Column::new("Details"),
    ];
    let newest = (!fields.before.is_empty()).then(|| address(fields, None));
    let older = view.older.map(|seq| address(fields, Some(seq)));
    let rows = view.entries.iter().cloned().map(entry).collect_view();
    let pager = (newest.is_some() || older.is_some()).then(|| {
        view! { <Pager previous=newest next=older previous_label="Newest" next_label="Older" /> }
    });
    view! {
        <Table caption="Entries of the audit log" columns=columns dense=true>
            {rows}
        </Table>
        {pager}
    }
    .into_any()
}

fn entry(entry: AuditEntryView) -> AnyView {
    let dash = |text: String| {
        if text.is_empty() {
            view! { <span class="faint">"–"</span> }.into_any()
        } else {
            text.into_any()
        }
    };
    view! {
        <Row>
            <RowHead>{entry.action}</RowHead>
            <Cell label="When">{moment(entry.at)}</Cell>
            <Cell label="Who">
                {entry.person}
                {(!entry.address.is_empty()).then(|| view! { <span class="sub">{entry.address}</span> })}
            </Cell>
            <Cell label="About">{dash(entry.object)}</Cell>
            <Cell label="Details">{dash(entry.detail)}</Cell>
        </Row>
    }
    .into_any()
}

fn export(fields: &AuditFields) -> AnyView {
    let hidden = |name: &'static str, value: &str| {
        let value = value.to_owned();
        view! { <input type="hidden" name=name value=value /> }
    };
    let what = if fields.is_filtered() {
        "Save what the filters show as a file, all pages of it."
    } else {
        "Save the whole log as a file."
    };
    view! {
        <form class="toolbar mt5" method="post" action=paths::AUDIT_EXPORT aria-label="Export">
            {hidden("person", &fields.person)}
            {hidden("connection", &fields.connection)}
            {hidden("action", &fields.action)}
            {hidden("from", &fields.from)}
            {hidden("to", &fields.to)}
            <span class="f13 faint">{what}</span>
            <Button small=true name="format" value="csv">"Export CSV"</Button>
            <Button small=true name="format" value="json">"Export JSON"</Button>
        </form>
    }
    .into_any()
}

fn end_of_log(view: &AuditView) -> AnyView {
    let total = counted(u64::try_from(view.total).unwrap_or_default(), "entry", "entries");
    let command = format!("traceline audit verify --head {}", view.head);
    view! {
        <section class="mt5 stack" aria-labelledby="proof">
            <h2 id="proof">"Proof that nothing was changed"</h2>
            <p>
                {format!("The log has {total}, and each carries a code that follows from the one before it. Keep the line below outside this server; run it later, on this server, and it names every entry that was changed, moved or removed since.")}
            </p>
            <p><code class="wrap">{command}</code></p>
        </section>
    }
    .into_any()
}
