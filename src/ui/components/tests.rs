//! Hostile text in every component that takes text, names of icons, style sheets, and the kit page.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use leptos::prelude::*;
use leptos_meta::{MetaTags, ServerMetaContext};

use super::*;
use crate::domain::rich_text::{Block, Cell as TextCell, Inline, Marks, PanelTone, RichText};
use crate::ui::pages::kit::{ICONS, KitPage};

/// Ends every element and attribute that text could stand in, and starts something that runs.
const HOSTILE: &str =
    "</textarea></title></option></script>\"'><script>alert(1)</script><img src=x onerror=alert(2)>";

fn render<V: IntoView + 'static>(view: impl FnOnce() -> V) -> String {
    Owner::new().with(|| view().into_view().to_html())
}

fn assert_harmless(what: &str, html: &str) {
    for bad in ["<script", "<img", "</textarea></", "</title></"] {
        assert!(!html.contains(bad), "{what} lets {bad} through: {html}");
    }
    assert!(
        html.contains("&lt;script&gt;") || html.contains("&lt;/textarea"),
        "{what} lost the text: {html}"
    );
    // Inside an attribute the quote is what ends it.
    assert!(!html.contains("\"'>"), "{what} lets a quote through: {html}");
}

macro_rules! harmless {
    ($($name:literal => $view:expr;)*) => { $(assert_harmless($name, &render(|| $view));)* };
}

fn h() -> String {
    HOSTILE.to_owned()
}

#[test]
fn hostile_text_is_text_in_controls() {
    harmless! {
        "button" => view! { <Button name=h() value=h() label=h() formaction=h() described_by=h()>{h()}</Button> };
        "link" => view! { <LinkButton href=h() label=h() dialog=h()>{h()}</LinkButton> };
        "icon button" => view! { <IconButton icon=h() label=h() name=h() value=h() /> };
        "icon link" => view! { <IconLink icon=h() href=h() label=h() danger=true /> };
        "icon" => view! { <Icon name=h() label=h() class=h() /> };
        "field" => view! { <Field id=h() label=h() hint=h() error=h() warning=h() limit=5 counted=h()><TextInput name=h() value=h() placeholder=h() kind=h() /></Field> };
        "input" => view! { <TextInput name=h() value=h() label=h() id=h() min=h() max=h() autocomplete=h() /> };
        "textarea" => view! { <SafeTextarea name=h() value=h() label=h() placeholder=h() id=h() /> };
        "select" => view! { <Select name=h() label=h() value=h() options=vec![SelectOption::new(h(), h())] /> };
        "checkbox" => view! { <Checkbox name=h() label=h() value=h() detail=h() id=h() /> };
        "radio" => view! { <Radio name=h() label=h() value=h() detail=h() /> };
        "card" => view! { <ChoiceCard name=h() label=h() value=h() detail=h() icon=h() /> };
        "copy field" => view! { <CopyField id=h() label=h() value=h() /> };
    }
}

#[test]
fn hostile_text_is_text_in_messages() {
    harmless! {
        "status" => view! { <Status tone=Tone::Ok glyph=h()>{h()}</Status> };
        "badge" => view! { <Badge icon=h()>{h()}</Badge> };
        "note" => view! { <Note tone=Tone::Bad title=h() id=h() role=h()>{h()}</Note> };
        "summary" => view! { <ErrorSummary title=h() errors=vec![(h(), h()), (String::new(), h())] /> };
        "empty" => view! { <EmptyState title=h() text=h()>{h()}</EmptyState> };
        "toast" => view! { <ToastRegion toasts=vec![ToastText { tone: Tone::Bad, title: h(), text: h() }] /> };
        "dialog" => view! { <Dialog id=h() title=h() action=h() verb=h() verb_icon=h() fields=vec![(h(), h())]><EffectList items=vec![Consequence::stays(h(), h())] /></Dialog> };
        "confirm" => view! { <ConfirmPanel title=h() action=h() cancel_href=h() verb=h() fields=vec![(h(), h())]>{h()}</ConfirmPanel> };
        "menu" => view! { <Menu id=h() label=h() class=h() button=h>{h()}</Menu> };
    }
}

#[test]
fn hostile_text_is_text_in_lists_and_frames() {
    harmless! {
        "crumbs" => view! { <Breadcrumbs items=vec![Crumb::link(h(), h()), Crumb::here(h())] /> };
        "segmented" => view! { <Segmented label=h() items=vec![LinkItem::new(h(), h(), true).with_icon(h())] /> };
        "tabs" => view! { <Tabs label=h() items=vec![LinkItem::new(h(), h(), true)] /> };
        "chips" => view! { <Chips label=h() items=vec![LinkItem::new(h(), h(), true)] /> };
        "pager" => view! { <Pager previous=Some(h()) next=None next_label=h() /> };
        "stepper" => view! { <Stepper label=h() steps=vec![Step { label: h(), detail: h(), state: StepState::Current, href: Some(h()), press: Some(h()), way_out: Some(WayOut::Press(h())) }] form=h() /> };
        "table" => view! { <Table caption=h() scroll=true columns=vec![Column::sortable(h(), h(), Some(Sorted::Up)), Column::hidden(h())]><Row id=h()><RowHead href=h() sub=h()>{h()}</RowHead><Cell label=h() class=h()>{h()}</Cell></Row><RowNote columns=2 tone=Tone::Bad title=h()>{h()}</RowNote></Table> };
        "meter" => view! { <Meter label=h() value=1 total=2 /> };
        "progress" => view! { <Progress label=h() id=h() /> };
        "stat" => view! { <Stat value=h()>{h()}</Stat> };
        "head" => view! { <PageHead title=h() key=h() lead=h() crumbs=vec![Crumb::here(h())]>{h()}</PageHead> };
        "time" => view! { <Time iso=h() text=h() title=h() /> };
        "properties" => view! { <DefinitionList items=vec![Property { name: h(), value: h(), sub: h(), href: Some(h()) }] /> };
        "disclosure" => view! { <Disclosure summary=h() class=h()>{h()}</Disclosure> };
        "plain shell" => view! { <PlainShell home=h() class=h()>{h()}</PlainShell> };
        "auth shell" => view! { <AuthShell home=h() foot=h>{h()}</AuthShell> };
        "app shell" => view! {
            <AppShell
                home=h()
                nav_label=h()
                nav=vec![NavGroup { label: h(), items: vec![NavItem { href: h(), label: h(), icon: h(), count: h(), current: true }] }]
                switcher=Some(Switcher { items: vec![NavItem { href: h(), label: h(), ..NavItem::default() }], title: h(), sub: h() })
                top=vec![TopLink { href: h(), label: h(), icon: h(), current: true, icon_only: true }]
                search=Some(SearchBox { action: h(), label: h(), value: h() })
                theme=Some(ThemeForm { action: h(), current: h(), back: h() })
                user=Some(UserMenu { name: h(), sub: h(), links: vec![NavItem { href: h(), label: h(), ..NavItem::default() }], sign_out_action: h() })
                crumbs=vec![Crumb::here(h())]
            >
                {h()}
            </AppShell>
        };
    }
}

#[test]
fn hostile_text_from_jira_is_text() {
    let text = |href: Option<&str>| Inline::Text {
        text: h(),
        marks: Marks {
            strong: true,
            em: true,
            strike: true,
            underline: true,
            code: true,
            sup: true,
            sub: true,
        },
        href: href.map(str::to_owned),
    };
    let paragraph = || Block::Paragraph {
        content: vec![
            text(None),
            Inline::Break,
            Inline::Chip { text: h() },
            Inline::Media { name: h() },
        ],
    };
    let doc = RichText {
        blocks: vec![
            paragraph(),
            Block::Heading {
                level: 6,
                content: vec![text(Some("https://example.com/\"><script>"))],
            },
            Block::List {
                ordered: true,
                start: 4,
                items: vec![vec![paragraph()]],
            },
            Block::Tasks {
                items: vec![(true, vec![text(None)])],
            },
            Block::Code {
                language: Some(h()),
                text: h(),
            },
            Block::Quote {
                content: vec![paragraph()],
            },
            Block::Panel {
                tone: PanelTone::Error,
                title: Some(h()),
                content: vec![paragraph()],
            },
            Block::Table {
                rows: vec![vec![TextCell {
                    header: true,
                    colspan: 2,
                    rowspan: 1,
                    content: vec![paragraph()],
                }]],
            },
            Block::Rule,
            Block::Media { name: h() },
            Block::Unknown { name: h(), text: h() },
        ],
    };
    assert_harmless("rich text", &render(|| view! { <RichTextView doc=doc /> }));
}

#[test]
fn a_link_from_jira_never_runs() {
    for address in [
        "javascript:alert(1)",
        "data:text/html,x",
        "JAVASCRIPT:alert(1)",
        "vbscript:x",
        "/relative",
    ] {
        let inline = Inline::Text {
            text: "t".to_owned(),
            marks: Marks::default(),
            href: Some(address.to_owned()),
        };
        let doc = RichText {
            blocks: vec![Block::Paragraph {
                content: vec![inline],
            }],
        };
        let html = render(|| view! { <RichTextView doc=doc /> });
        assert!(!html.contains("<a "), "{address}: {html}");
    }
}

#[tokio::test]
async fn the_title_of_the_document_is_text() {
    // Listing routes is what starts the framework's executor; the title waits for one tick of it.
    leptos_axum::generate_route_list(|| ());
    let (context, output) = ServerMetaContext::new();
    let page = render(|| {
        provide_context(context);
        view! {
            <head>
                <MetaTags />
            </head>
            <PageTitle text=h() />
        }
    });
    let stream = output.inject_meta_context(futures::stream::iter([page])).await;
    let sent: String = futures::StreamExt::collect(stream).await;
    assert!(sent.contains("<title>"), "no title in {sent}");
    assert_eq!(sent.matches("</title>").count(), 1, "{sent}");
    assert!(!sent.contains("<script>alert"), "{sent}");
}

#[test]
fn a_field_ties_its_texts_to_its_control() {
    let html = render(|| {
        view! {
            <Field id="u" label="Address" error="Wrong" hint="https" limit=10 counted="äöü">
                <TextInput name="url" />
            </Field>
            <TextInput name="alone" />
        }
    });
    assert!(html.contains(r#"aria-describedby="u-error u-hint""#), "{html}");
    assert!(html.contains(r#"aria-invalid="true""#), "{html}");
    assert!(html.contains("3 of 10"), "characters, not bytes: {html}");
    let alone = html
        .split("alone")
        .next()
        .unwrap_or_default()
        .rsplit("<input")
        .next()
        .unwrap_or_default()
        .to_owned();
    assert!(
        !alone.contains("u-error"),
        "a field leaks into its neighbour: {html}"
    );
}

#[test]
fn every_icon_has_a_drawing() {
    let root = Path::new(".");
    let sprite = fs::read_to_string(root.join("public/sprite.svg")).expect("the sprite");
    let drawn: BTreeSet<&str> = sprite
        .split("<symbol id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(ICONS.iter().copied().collect::<BTreeSet<_>>(), drawn);
}

#[test]
fn no_component_needs_a_style_attribute() {
    for theme in ["light", "dark"] {
        let html = render(move || view! { <KitPage theme=theme /> });
        assert!(html.contains("<h1"), "{theme}: the kit page shows nothing");
        assert!(
            !html.contains(concat!(" sty", "le=")),
            "{theme}: the policy forbids style attributes"
        );
        assert!(
            !html.contains("onclick="),
            "{theme}: the policy forbids handlers in markup"
        );
    }
}

#[test]
fn style_sheets_are_all_listed_and_load_nothing() {
    let root = Path::new(".");
    let style = root.join("style");
    let order = fs::read_to_string(style.join("main.css")).expect("main.css");
    let mut css = String::new();
    for line in order.lines() {
        match line
            .strip_prefix("@import \"./")
            .and_then(|rest| rest.split('"').next())
        {
            Some(file) => css.push_str(&fs::read_to_string(style.join(file)).expect("an imported file")),
            None => css.push_str(line),
        }
        css.push('\n');
    }
    let listed = order.matches("@import").count();
    let found = fs::read_dir(&style)
        .expect("style")
        .filter_map(Result::ok)
        .count();
    assert_eq!(listed + 1, found, "every file of style/ is in main.css");
    assert!(
        !css.contains("style=") && !css.contains("url("),
        "styles load nothing"
    );
}
