//! Every component in every state on one page, for the people who build and check the product.
//!
//! Served by debug builds only. `?theme=light` and `?theme=dark` show the themes; the caller hands
//! the theme in and sets `data-theme` on `html`. Nothing here is data of anybody.

use leptos::prelude::*;

use super::kit_screens::{Floating, Plans, Trace, Wizard};
use crate::ui::components::*;

/// The kit page.
#[component]
pub fn KitPage(
    /// The theme shown: `system`, `light` or `dark`.
    #[prop(optional, into)]
    theme: String,
) -> AnyView {
    let theme = if theme.is_empty() {
        "system".to_owned()
    } else {
        theme
    };
    let item = |label: &str, current: bool| NavItem {
        href: "#".to_owned(),
        label: label.to_owned(),
        current,
        ..NavItem::default()
    };
    let nav = vec![
        NavGroup {
            label: String::new(),
            items: vec![
                NavItem {
                    count: "412".to_owned(),
                    ..item("Requirements", false)
                },
                item("Plans", true),
                item("Traceability", false),
            ],
        },
        NavGroup {
            label: "Settings".to_owned(),
            items: vec![item("Members", false), item("Integrations", false)],
        },
    ];
    view! {
        <AppShell
            home="#"
            nav=nav
            nav_label="Kit"
            switcher=Some(Switcher { items: vec![item("Booking Platform", true), item("Fleet", false)], title: "Booking Platform".into(), sub: "Kit of parts".into() })
            top=vec![
                TopLink { href: "#".into(), label: "Synced 2 min ago".into(), icon: "s-ok".into(), ..TopLink::default() },
                TopLink { href: "#".into(), label: "Admin".into(), icon: "i-gear".into(), current: true, icon_only: false },
            ]
            search=Some(SearchBox { action: "#".into(), label: "Search requirements, tests, bugs".into(), value: String::new() })
            theme=Some(ThemeForm { action: "#".into(), current: theme.clone(), back: "/kit".into() })
            user=Some(UserMenu {
                name: "Marit Solheim".into(),
                sub: "Account Admin".into(),
                links: vec![NavItem { icon: "i-user".into(), ..item("Profile", false) }],
                sign_out_action: "#".into(),
            })
            crumbs=vec![Crumb::link("Booking Platform", "#"), Crumb::here("Kit")]
        >
            <PageTitle text="Kit of parts" />
            <PageHead title="Kit of parts" lead="Every state on one page. Not a screen of the product.">
                <Segmented
                    label="Theme"
                    items=["system", "light", "dark"]
                        .map(|name| LinkItem::new(name, format!("?theme={name}"), theme == name))
                        .to_vec()
                />
            </PageHead>
            <ErrorSummary errors=vec![("f2".into(), "Organization URL must start with https://".into())] />
            <Words />
            <Fields />
            <Lists />
            <Wizard />
            <Plans />
            <Trace />
            <Floating />
            <Icons />
        </AppShell>
    }
    .into_any()
}

/// A part of the kit.
#[component]
pub(super) fn Part(#[prop(into)] title: String, children: Children) -> AnyView {
    view! {
        <section class="mt8 stack">
            <h2>{title}</h2>
            {children()}
        </section>
    }
    .into_any()
}

#[component]
fn Words() -> AnyView {
    view! {
        <Part title="Buttons">
            <div class="btns">
                <Button kind=ButtonKind::Primary>"Primary"</Button>
                <Button>"Default"</Button>
                <Button kind=ButtonKind::Quiet>"Quiet"</Button>
                <Button kind=ButtonKind::Danger icon="i-unplug">
                    "Danger"
                </Button>
                <Button disabled=true described_by="why">
                    "Disabled"
                </Button>
                <span class="f12 faint" id="why">
                    "Test the connection first"
                </span>
                <Button kind=ButtonKind::Primary busy=true>
                    "Testing"
                </Button>
                <Button small=true icon="i-sync">
                    "Sync"
                </Button>
                <LinkButton href="#" icon="i-ext" external=true>
                    "Open in Jira"
                </LinkButton>
                <IconButton icon="i-pencil" label="Edit Halden Cloud" />
                <IconButton icon="i-unplug" label="Disconnect Halden Cloud" danger=true />
                <IconButton icon="i-archive" label="Archive BOOK" disabled=true />
            </div>
        </Part>
        <Part title="Status">
            <div class="btns loose">
                <Status tone=Tone::Ok>"Active"</Status>
                <Status tone=Tone::Mute>"Inactive"</Status>
                <Status tone=Tone::Bad>"Error"</Status>
                <Status tone=Tone::Mute glyph="s-arch">
                    "Archived"
                </Status>
                <Status tone=Tone::Info glyph="s-run">
                    "Syncing"
                </Status>
                <Status tone=Tone::Warn glyph="s-none">
                    "Draft"
                </Status>
                <Status tone=Tone::Mute glyph="s-pause">
                    "Paused"
                </Status>
            </div>
            <div class="btns loose">
                <Status tone=Tone::Ok>"Passed"</Status>
                <Status tone=Tone::Bad glyph="s-fail">
                    "Failed"
                </Status>
                <Status tone=Tone::Warn glyph="s-block">
                    "Blocked"
                </Status>
                <Status tone=Tone::Mute glyph="s-skip">
                    "Skipped"
                </Status>
                <Status tone=Tone::Mute>"To Do"</Status>
            </div>
            <div class="btns">
                <Badge>"Same name"</Badge>
                <Badge tone=Tone::Info icon="i-spark">
                    "Suggested"
                </Badge>
                <Badge tone=Tone::Warn icon="s-warn">
                    "Unmapped"
                </Badge>
                <Badge tone=Tone::Bad>"Failed"</Badge>
                <Badge tone=Tone::Ok>"Passed"</Badge>
            </div>
        </Part>
        <Part title="Callouts">
            <Note tone=Tone::Info title="Info.">
                "A fact that changes what the reader does next."
            </Note>
            <Note tone=Tone::Ok title="Done.">
                "Only where the result is not visible otherwise."
            </Note>
            <Note
                tone=Tone::Warn
                title="Limit."
                with_action=true
                action=|| {
                    view! {
                        <LinkButton href="#" small=true>
                            "Way out"
                        </LinkButton>
                    }
                }
            >
                "Works, with a consequence."
            </Note>
            <Note tone=Tone::Bad title="What happened.">
                "Why. What to do."
            </Note>
        </Part>
    }
    .into_any()
}

#[component]
fn Fields() -> AnyView {
    view! {
        <Part title="Fields">
            <div class="two">
                <Field id="f1" label="Integration name" hint="People choose it by this name." limit=50 counted="Halden Cloud">
                    <TextInput name="name" value="Halden Cloud" />
                </Field>
                <Field id="f2" label="Organization URL" error="The address must start with https://.">
                    <TextInput name="url" kind="url" value="http://" mono=true />
                </Field>
                <Field id="f3" label="Priority" optional=true warning="11 items keep the default.">
                    <Select
                        name="priority"
                        value="b"
                        options=vec![SelectOption::new("a", "None"), SelectOption::new("b", "Critical")]
                    />
                </Field>
                <Field id="f4" label="Board" hint="Turn on Requirements in step 2.">
                    <TextInput name="board" disabled=true value="Not needed" />
                </Field>
            </div>
            <Field id="f5" label="Description" optional=true limit=255 counted="Company-wide Jira.">
                <SafeTextarea name="description" value="Company-wide Jira." />
            </Field>
            <div class="btns loose">
                <Checkbox name="c" label="Checked" checked=true />
                <Checkbox name="c" label="Unchecked" detail="22 work items" />
                <Checkbox name="c" label="Disabled" disabled=true />
                <Radio name="r" value="1" label="Radio" checked=true />
                <Radio name="r" value="2" label="Radio" />
            </div>
            <fieldset>
                <legend>"Jira type"</legend>
                <div class="choices">
                    <ChoiceCard
                        name="type"
                        value="cloud"
                        icon="i-cloud"
                        label="Jira Cloud"
                        detail="An address on atlassian.net."
                        checked=true
                    />
                    <ChoiceCard name="type" value="dc" icon="i-server" label="Jira Data Center" detail="Your own server." />
                </div>
            </fieldset>
            <CopyField id="hook" label="Webhook address" value="https://traceline.example/hooks/jira/0192" />
            <div class="formfoot">
                <Button name="do" value="test" icon="i-pulse">
                    "Test connection"
                </Button>
                <div class="end">
                    <LinkButton kind=ButtonKind::Quiet href="#">
                        "Cancel"
                    </LinkButton>
                    <Button name="do" value="save">
                        "Save"
                    </Button>
                </div>
            </div>
        </Part>
    }
    .into_any()
}

#[component]
fn Lists() -> AnyView {
    view! {
        <Part title="Tables">
            <form class="toolbar" method="get">
                <div class="search">
                    <Icon name="i-search" />
                    <TextInput name="q" kind="search" label="Filter connections" placeholder="Name or address" />
                </div>
                <Segmented
                    label="Status"
                    items=vec![
                        LinkItem::new("All", "#", true).with_count(5),
                        LinkItem::new("Error", "#", false).with_count(2),
                    ]
                />
                <span class="grow"></span>
                <span class="nojs">
                    <Button small=true>"Apply"</Button>
                </span>
                <Button small=true kind=ButtonKind::Quiet icon="i-sync">
                    "Check all now"
                </Button>
            </form>
            <Table
                caption="Jira connections"
                columns=vec![
                    Column::sortable("Connection", "#", Some(Sorted::Up)),
                    Column::new("Status"),
                    Column::new("Type"),
                    Column::new("Last sync"),
                    Column::end("Bugs"),
                    Column::hidden("Actions"),
                ]
            >
                <Row>
                    <RowHead href="#" sub="halden-freight.atlassian.net">
                        "Halden Cloud"
                    </RowHead>
                    <Cell class="st">
                        <Status tone=Tone::Ok>"Active"</Status>
                    </Cell>
                    <Cell label="Type">
                        <span class="type">
                            <Icon name="i-cloud" />
                            "Cloud"
                        </span>
                        <span class="sub">"svc-traceline@halden.example"</span>
                    </Cell>
                    <Cell label="Last sync">
                        <Time iso="2026-11-19T10:42:00Z" text="2 min ago" />
                        <span class="sub">"by webhook"</span>
                    </Cell>
                    <Cell label="Bugs" class="r">
                        "96"
                    </Cell>
                    <Cell class="acts">
                        <IconLink icon="i-unplug" href="#" dialog="ask" label="Disconnect Halden Cloud" danger=true />
                        <IconLink icon="i-pencil" href="#" label="Edit Halden Cloud" />
                    </Cell>
                </Row>
                <Row has_note=true>
                    <RowHead href="#" sub="jira.nordlink.example">
                        "Nordlink Jira"
                    </RowHead>
                    <Cell class="st">
                        <Status tone=Tone::Bad>"Error"</Status>
                    </Cell>
                    <Cell label="Type">
                        <span class="type">
                            <Icon name="i-server" />
                            "Data Center"
                        </span>
                        <span class="sub">"10.4.1"</span>
                    </Cell>
                    <Cell label="Last sync">
                        <span class="faint">"Never"</span>
                    </Cell>
                    <Cell label="Bugs" class="r">
                        "0"
                    </Cell>
                    <Cell class="acts">
                        <LinkButton small=true href="#" icon="i-replug" label="Reconnect Nordlink Jira">
                            "Reconnect"
                        </LinkButton>
                    </Cell>
                </Row>
                <RowNote
                    columns=6
                    tone=Tone::Bad
                    title="Jira 10.4.1 is too old."
                    with_action=true
                    action=|| {
                        view! {
                            <LinkButton small=true href="#">
                                "Check again"
                            </LinkButton>
                        }
                    }
                >
                    "Traceline needs 10.6.1 or later. Nothing was lost."
                </RowNote>
            </Table>
            <div class="tablefoot">
                <span>"1 to 2 of 5"</span>
                <Pager previous=None next=Some("#".to_owned()) previous_label="Newer" next_label="Older" />
            </div>
            <Tabs label="Views" items=vec![LinkItem::new("Grid", "#", true).with_count(58), LinkItem::new("Tree", "#", false)] />
            <Chips
                label="Coverage"
                items=vec![LinkItem::new("Covered", "#", true).with_count(54), LinkItem::new("Uncovered", "#", false).with_count(4)]
            />
            <EmptyState title="No Jira connection yet" text="You need the address, a token, and about three minutes.">
                <LinkButton kind=ButtonKind::Primary href="#" icon="i-plus">
                    "Create integration"
                </LinkButton>
            </EmptyState>
        </Part>
    }
    .into_any()
}

/// Every icon of the sprite.
pub const ICONS: &[&str] = &[
    "brand",
    "i-search",
    "i-plus",
    "i-check",
    "i-x",
    "i-minus",
    "i-chev-down",
    "i-chev-right",
    "i-chev-left",
    "i-up",
    "i-down",
    "i-arrow",
    "i-menu",
    "i-more",
    "i-gear",
    "i-tune",
    "i-pencil",
    "i-plug",
    "i-unplug",
    "i-replug",
    "i-archive",
    "i-unarchive",
    "i-sync",
    "i-pause",
    "i-play",
    "i-stop",
    "i-calendar",
    "i-list",
    "i-timeline",
    "i-link",
    "i-ext",
    "i-bug",
    "i-req",
    "i-test",
    "i-run",
    "i-release",
    "i-sprint",
    "i-board",
    "i-matrix",
    "i-home",
    "i-users",
    "i-user",
    "i-shield",
    "i-key",
    "i-cloud",
    "i-server",
    "i-tunnel",
    "i-hook",
    "i-eye",
    "i-bell",
    "i-theme",
    "i-help",
    "i-out",
    "i-download",
    "i-copy",
    "i-pulse",
    "i-clock",
    "i-lock",
    "i-mail",
    "i-db",
    "i-filter",
    "i-spark",
    "i-grip",
    "i-trash",
    "i-folder",
    "i-sun",
    "i-moon",
    "i-image",
    "s-ok",
    "s-err",
    "s-warn",
    "s-fail",
    "s-off",
    "s-none",
    "s-run",
    "s-block",
    "s-skip",
    "s-end",
    "s-info",
    "s-arch",
    "s-pause",
    "p-1",
    "p-2",
    "p-3",
    "p-4",
];

#[component]
fn Icons() -> AnyView {
    view! {
        <Part title="Icons">
            <ul class="grid4">
                {ICONS
                    .iter()
                    .map(|name| {
                        view! {
                            <li class="row f12">
                                <Icon name=*name />
                                {*name}
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </Part>
    }
    .into_any()
}
