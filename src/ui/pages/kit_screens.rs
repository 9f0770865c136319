//! The larger patterns of the kit page: wizard, plans, trace, dialogs. Nothing here is data of anybody.

#![expect(clippy::too_many_lines, reason = "markup that shows every component")]

use leptos::prelude::*;

use super::{kit::Part, wizard_parts::mapping};
use crate::api::wizard::{MappingRow, MappingView};
use crate::domain::rich_text::{Block, Inline, Marks, PanelTone, RichText};
use crate::ui::components::*;

/// A row of each kind that a mapping table has.
fn mapping_sample() -> MappingView {
    let row = |id: &str, name: &str, count: u64, chosen: &str, suggestion: Option<(&str, &str)>| MappingRow {
        id: id.to_owned(),
        name: name.to_owned(),
        distinction: String::new(),
        count: Some(count),
        chosen: chosen.to_owned(),
        origin: "Same name".to_owned(),
        without: "To Do".to_owned(),
        suggestion: suggestion.map(|(label, reason)| (label.to_owned(), reason.to_owned())),
        empty: false,
    };
    let target = |code: &str, label: &str| (code.to_owned(), label.to_owned());
    MappingView {
        caption: "Requirement status mapping".to_owned(),
        source: "Jira status".to_owned(),
        target: "Traceline status".to_owned(),
        prefix: "map".to_owned(),
        rows: vec![
            row("1", "Done", 288, "done", None),
            row("2", "In Review", 38, "", Some(("In Progress", "Status category"))),
            row("3", "Blocked", 9, "", None),
        ],
        targets: vec![
            target("to_do", "To Do"),
            target("in_progress", "In Progress"),
            target("done", "Done"),
        ],
        default: "to_do".to_owned(),
        total: 3,
        mapped: 1,
        estimated: false,
        items: ("requirement".to_owned(), "requirements".to_owned()),
        unmapped: 2,
        suggestions: 1,
        only_unmapped: false,
        empty_reason: String::new(),
        empty_counts_as: String::new(),
        noun: "status".into(),
    }
}

/// Wizard.
#[component]
pub(super) fn Wizard() -> AnyView {
    let step = |label: &str, detail: &str, state: StepState| Step {
        label: label.to_owned(),
        detail: detail.to_owned(),
        state,
        href: matches!(state, StepState::Done | StepState::Gaps | StepState::Current).then(|| "#".to_owned()),
        press: None,
        way_out: (state == StepState::Off).then(|| WayOut::Link("#".to_owned())),
    };
    view! {
        <Part title="Wizard">
            <Stepper
                label="Configuration steps"
                steps=vec![
                    step("Project and board", "BOOK, Booking delivery", StepState::Done),
                    step("What to pull", "Requirements", StepState::Done),
                    step("Releases and sprints", "7 releases", StepState::Done),
                    step("Priorities", "1 unmapped", StepState::Gaps),
                    step("Requirements", "Dates, status, types", StepState::Current),
                    step("Bugs", "Off in step 2", StepState::Off),
                ]
            />
            <div class="split">
                <form class="wz" id="wz" method="post">
                    <div class="sect">
                        <h2>"Status"</h2>
                        <p class="lead">"Each Jira status becomes one Traceline status."</p>
                        {mapping(mapping_sample())}
                    </div>
                    <div class="sect">
                        <h2>"Release date"</h2>
                        <p class="lead">"The first field that has a value sets the date."</p>
                        <ol class="order">
                            <li>
                                <div class="top">
                                    <span class="n">"1"</span>
                                    "Field 1"
                                    <span class="mv">
                                        <IconButton icon="i-chev-right" name="do" value="down.1" label="Move field 1 later" />
                                    </span>
                                </div>
                                <Select name="d1" small=true label="Release date field 1" options=vec![SelectOption::new("f", "Fix version release date")] />
                                <p>"Supplies 288 dates"</p>
                            </li>
                            <li>
                                <div class="top">
                                    <span class="n">"2"</span>
                                    "Field 2"
                                    <span class="mv">
                                        <IconButton icon="i-chev-left" name="do" value="up.2" label="Move field 2 earlier" />
                                    </span>
                                </div>
                                <Select name="d2" small=true label="Release date field 2" options=vec![SelectOption::new("s", "Sprint end date")] />
                                <p>"Supplies 79 more"</p>
                            </li>
                        </ol>
                        <div class="mt stack">
                            <MeterStack
                                large=true
                                total=412
                                parts=vec![(Fill::Accent, 288), (Fill::Second, 79), (Fill::Third, 8)]
                                label="Of 412 requirements 288 get the date from the fix version, 79 from the sprint, 8 from the due date, 37 have no date"
                            />
                            <ul class="legend">
                                <li>
                                    <span class="sw"></span>
                                    <span>"Fix version "<b>"288"</b></span>
                                </li>
                                <li>
                                    <span class="sw a2"></span>
                                    <span>"Sprint "<b>"79"</b></span>
                                </li>
                                <li>
                                    <span class="sw a3"></span>
                                    <span>"Due date "<b>"8"</b></span>
                                </li>
                                <li>
                                    <span class="sw none"></span>
                                    <span>"No date "<b>"37"</b></span>
                                </li>
                            </ul>
                        </div>
                    </div>
                </form>
                <aside aria-labelledby="pv">
                    <section class="preview">
                        <header>
                            <h2 id="pv">"With this mapping"</h2>
                            <span class="f12 faint">"Jira, 10:44:12"</span>
                        </header>
                        <div role="status" class="stats">
                            <Stat value="412">"requirements"</Stat>
                            <Stat value="96">"bugs"</Stat>
                            <Stat value="7">"releases"</Stat>
                        </div>
                        <div>
                            <h3>"1 value unmapped"</h3>
                            <ul class="ulist">
                                <li>
                                    <Icon name="s-warn" tone=Tone::Warn />
                                    <a href="#">"Status: Blocked"</a>
                                    <span class="faint">"9 items"</span>
                                </li>
                            </ul>
                        </div>
                        <div>
                            <h3>"How a work item comes out"</h3>
                            <div class="sample">
                                <span class="t">
                                    <span class="key">"BOOK-1187"</span>
                                    " Customs pre-check blocks booking"
                                </span>
                                <span class="ar">"In Review " <Icon name="i-arrow" /> <b>"In Progress"</b></span>
                            </div>
                        </div>
                        <div>
                            <Button small=true icon="i-sync" form="wz" name="do" value="preview">"Update preview"</Button>
                        </div>
                    </section>
                </aside>
            </div>
        </Part>
    }
    .into_any()
}

/// Plans.
#[component]
pub(super) fn Plans() -> AnyView {
    view! {
        <Part title="Meters and progress">
            <div class="grid3">
                <div class="rdl">
                    <span>"Covered"</span>
                    <Meter label="Covered" value=54 total=58 fill=Fill::Second />
                    <span class="num">"54 / 58"</span>
                </div>
                <div class="rdl">
                    <span>"Tested"</span>
                    <Meter label="Tested" value=47 total=58 />
                    <span class="num">"47 / 58"</span>
                </div>
                <div class="rdl">
                    <span>"Passing"</span>
                    <Meter label="Passing" value=41 total=58 fill=Fill::Ok />
                    <span class="num">"41 / 58"</span>
                </div>
            </div>
            <Progress label="Reading work items" value=59 max=100 />
            <Progress label="Counting work items" />
            <div class="summary">
                <Stat value="7">"releases, 2 released"</Stat>
                <Stat value="81%">"of 4.7 tested"</Stat>
                <Stat value="37">
                    <a href="#">"unscheduled"</a>
                </Stat>
            </div>
            <div class="gantt" id="gantt">
                <div class="ghead grow" aria-hidden="true">
                    <div>"Release"</div>
                    <div>"Readiness"</div>
                    <div class="axis">
                        <span class="wk first">"16"</span>
                        <span class="wk">"23"</span>
                        <span class="wk">"30"</span>
                        <span class="wk">"7"</span>
                        <span class="today flag" id="today-flag" data-label="Today"></span>
                    </div>
                </div>
                <ol class="lanes" aria-label="Releases by date">
                    <li class="lane">
                        <div class="nm">
                            <a href="#">"4.7 Customs pre-check"</a>
                            <span class="sub">"Due 27 Nov, in 8 days"</span>
                            <Status tone=Tone::Bad>"At risk: 1 blocker open"</Status>
                        </div>
                        <div class="rd">
                            <div class="rdl">
                                <span>"Covered"</span>
                                <Meter label="Covered" value=54 total=58 fill=Fill::Second />
                                <span class="num">"54 / 58"</span>
                            </div>
                            <div class="bugs">
                                <span>
                                    <Icon name="s-err" tone=Tone::Bad />
                                    " "
                                    <b>"1"</b>
                                    " blocker"
                                </span>
                                <span>
                                    <Icon name="p-2" tone=Tone::Warn />
                                    " "
                                    <b>"3"</b>
                                    " major"
                                </span>
                            </div>
                        </div>
                        <div class="track">
                            <a class="rel now" id="rel-1" href="#">
                                <span class="lb">"4.7 " <span>"27 Nov"</span></span>
                                <span class="ln"></span>
                            </a>
                            <a class="spr now n1" id="spr-1" href="#">
                                <b class="fu">"Sprint 42"</b>
                                <b class="sh" aria-hidden="true">
                                    "S42"
                                </b>
                                <span class="fu c">"27 items" <span class="m">", 16 to 27 Nov"</span></span>
                            </a>
                            <span class="today" id="today-1"></span>
                        </div>
                    </li>
                </ol>
            </div>
        </Part>
    }
    .into_any()
}

/// Trace.
#[component]
pub(super) fn Trace() -> AnyView {
    let text = |text: &str, marks: Marks, href: Option<&str>| Inline::Text {
        text: text.to_owned(),
        marks,
        href: href.map(str::to_owned),
    };
    let plain = Marks::default();
    let doc = RichText {
        blocks: vec![
            Block::Heading {
                level: 1,
                content: vec![text("Acceptance", plain, None)],
            },
            Block::Paragraph {
                content: vec![
                    text("The check stops the booking ", plain, None),
                    text(
                        "before payment",
                        Marks {
                            strong: true,
                            ..plain
                        },
                        None,
                    ),
                    text(", see ", plain, None),
                    text("the rules", plain, Some("https://halden.example/rules")),
                    text(" and ", plain, None),
                    text("cargo.hs", Marks { code: true, ..plain }, None),
                    text(". ", plain, None),
                    Inline::Chip {
                        text: "@Ana Ferreira".to_owned(),
                    },
                ],
            },
            Block::List {
                ordered: false,
                start: 1,
                items: vec![
                    vec![Block::Paragraph {
                        content: vec![text("The message names the line.", plain, None)],
                    }],
                    vec![Block::Paragraph {
                        content: vec![text("A draft can be saved.", plain, None)],
                    }],
                ],
            },
            Block::Code {
                language: Some("json".to_owned()),
                text: "{\n  \"hs\": \"01012100\"\n}".to_owned(),
            },
            Block::Panel {
                tone: PanelTone::Warning,
                title: None,
                content: vec![Block::Paragraph {
                    content: vec![text("Not for shipments inside the EU.", plain, None)],
                }],
            },
            Block::Media {
                name: "screenshot.png".to_owned(),
            },
        ],
    };
    view! {
        <Part title="Trace">
            <ol class="chain" aria-label="Trace of BOOK-1187">
                <li>
                    <span class="nd">
                        <Icon name="i-req" />
                    </span>
                    <b>"Requirement"</b>
                    <small>"In Progress"</small>
                </li>
                <li>
                    <span class="nd" data-tone="ok">
                        <Icon name="s-ok" />
                    </span>
                    <a href="#">"6 test cases"</a>
                    <small>"3 automated"</small>
                </li>
                <li>
                    <span class="nd" data-tone="bad">
                        <Icon name="s-fail" />
                    </span>
                    <a href="#">"4 passed, 1 failed"</a>
                    <small>"1 to do"</small>
                </li>
                <li class="gap">
                    <span class="nd" data-tone="mute">
                        <Icon name="s-none" />
                    </span>
                    <b>"No bug"</b>
                    <small>"Nothing linked"</small>
                </li>
                <li>
                    <span class="nd">
                        <Icon name="i-release" />
                    </span>
                    <a href="#">"Release 4.7"</a>
                    <small>"27 Nov, in 8 days"</small>
                </li>
            </ol>
            <div class="detail">
                <div>
                    <section>
                        <h2>"Description"</h2>
                        <RichTextView doc=doc />
                    </section>
                    <section>
                        <h2>"History"</h2>
                        <ol class="history">
                            <li data-tone="bad" data-fill="">
                                <b>"TC-2044 failed"</b>
                                " in run R-871"
                                <span class="sub">"Today, 06:12, automated"</span>
                            </li>
                            <li data-tone="info">
                                <b>"Status"</b>
                                " changed to In Progress"
                                <span class="sub">"18 Nov, 15:40, Ana Ferreira in Jira"</span>
                            </li>
                        </ol>
                    </section>
                </div>
                <aside aria-label="Details">
                    <section class="panel">
                        <header>
                            <h2>"Release date"</h2>
                            <b class="f13">"27 Nov 2026"</b>
                        </header>
                        <div class="body">
                            <ol class="waterfall">
                                <li class="used">
                                    <span class="n">"1"</span>
                                    <span>"Fix version 4.7"</span>
                                    <time>"27 Nov 2026"</time>
                                </li>
                                <li>
                                    <span class="n">"2"</span>
                                    <span>"Due date"</span>
                                    <s>
                                        <time>"4 Dec 2026"</time>
                                    </s>
                                </li>
                            </ol>
                        </div>
                    </section>
                    <section class="panel">
                        <header>
                            <h2>"Fields"</h2>
                        </header>
                        <div class="body">
                            <DefinitionList items=vec![
                                Property { sub: "Jira: Ready for QA".into(), ..Property::new("Status", "In Progress") },
                                Property { href: Some("#".into()), ..Property::new("Release", "4.7") },
                            ] />
                            <p class="row f13 mt">
                                <UserAvatar name="Ana Ferreira" small=true />
                                "Ana Ferreira"
                            </p>
                            <Disclosure summary="1 change" class="f12 mt">
                                <div class="diff mt">
                                    <span class="h">"Field"</span>
                                    <span class="h">"Before"</span>
                                    <span class="h">"After"</span>
                                    <span>"Status"</span>
                                    <span>
                                        <del>"Active"</del>
                                    </span>
                                    <span>
                                        <ins>"Error"</ins>
                                    </span>
                                </div>
                            </Disclosure>
                        </div>
                    </section>
                </aside>
            </div>
            <ol class="phases">
                <li data-tone="ok">
                    <Icon name="s-ok" />
                    <span>"Releases and sprints"</span>
                    <span class="num">"18"</span>
                </li>
                <li data-tone="info" aria-current="step">
                    <Icon name="s-run" class="spin" />
                    <span>"Requirements"</span>
                    <span class="num">"243 of 412"</span>
                </li>
                <li data-tone="mute">
                    <Icon name="s-none" />
                    <span>"Bugs"</span>
                    <span class="num">"96"</span>
                </li>
            </ol>
        </Part>
    }
    .into_any()
}

fn effects() -> Vec<Consequence> {
    vec![
        Consequence::stops("3 projects become inactive:", "BOOK, RATE, PORT."),
        Consequence::stays(
            "Everything read so far stays,",
            "with links, results and audit history.",
        ),
    ]
}

/// Floating.
#[component]
pub(super) fn Floating() -> AnyView {
    view! {
        <Part title="Dialog, toast">
            <ConfirmPanel
                title="Disconnect Halden Cloud?"
                action="#"
                cancel_href="#"
                verb="Disconnect"
                verb_icon="i-unplug"
                danger=true
            >
                <p>"Traceline stops reading from and writing to halden-freight.atlassian.net."</p>
                <EffectList items=effects() />
            </ConfirmPanel>
            <Dialog id="ask" title="Disconnect Halden Cloud?" action="#" verb="Disconnect" verb_icon="i-unplug" danger=true>
                <p>"Traceline stops reading from and writing to halden-freight.atlassian.net."</p>
                <EffectList items=effects() />
            </Dialog>
            <ToastRegion toasts=vec![
                ToastText { tone: Tone::Ok, title: "Halden Cloud saved".into(), text: "Linked projects stay active.".into() },
                ToastText { tone: Tone::Bad, title: "Sync of TERM stopped".into(), text: "Jira answered 503.".into() },
            ] />
        </Part>
    }
    .into_any()
}
