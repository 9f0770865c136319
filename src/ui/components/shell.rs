//! The frame of a page. It knows no page and no path: links, names and actions are handed in.
//!
//! Below 56rem the side navigation is a popover of the same markup; no script takes part.

use leptos::prelude::*;

use super::dialog::Menu;
use super::feedback::Note;
use super::icon::Icon;
use super::navigate::{Breadcrumbs, Crumb};
use super::text::UserAvatar;
use super::{Tone, some};

/// The element with the stamp of the page.
pub const STAMP: &str = "live-line";
/// What is said when the line to the server is lost; hidden as long as it is not.
pub const LOST: &str = "live-lost";
/// What is said of it.
pub const LOST_WORDS: &str =
    "No connection to the server. What you see may be out of date; it is brought up to date by itself.";
/// The notices; `data-said` is what is said of them.
pub const NOTICES: &str = "notices";
/// Where that is said aloud.
pub const NOTICES_SAID: &str = "notices-said";

/// A heading of the side navigation and its pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NavGroup {
    /// The heading; may be empty.
    pub label: String,
    /// The pages.
    pub items: Vec<NavItem>,
}

/// A page in a navigation or a menu.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NavItem {
    /// Where it leads.
    pub href: String,
    /// Its name.
    pub label: String,
    /// Icon in a menu; the side navigation draws nodes instead. May be empty.
    pub icon: String,
    /// A number behind the name, formatted; may be empty.
    pub count: String,
    /// Is the one shown.
    pub current: bool,
}

/// What the side navigation belongs to, and the ways to others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Switcher {
    /// Where it leads instead, by name; the one that is open is `current`.
    pub items: Vec<NavItem>,
    /// The project, or "Admin settings".
    pub title: String,
    /// The organization.
    pub sub: String,
}

/// A link in the top bar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopLink {
    /// Where it leads.
    pub href: String,
    /// Its name; only heard on a narrow screen.
    pub label: String,
    /// Its icon.
    pub icon: String,
    /// Is the part of the product shown.
    pub current: bool,
    /// Only the icon is seen on a wide screen too.
    pub icon_only: bool,
}

/// The search in the top bar: a GET form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchBox {
    /// Where it is sent; the words are `q`.
    pub action: String,
    /// What can be found.
    pub label: String,
    /// The words of this page's own search.
    pub value: String,
}

/// The three themes: a POST form with `theme` = system, light or dark, and `back`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThemeForm {
    /// Where it is sent.
    pub action: String,
    /// The theme now: `system`, `light` or `dark`.
    pub current: String,
    /// The path to return to, sent as `back`.
    pub back: String,
}

/// The person who is signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserMenu {
    /// Their name.
    pub name: String,
    /// Below the name: role or organization; may be empty.
    pub sub: String,
    /// Profile and the like.
    pub links: Vec<NavItem>,
    /// Where the sign out form is sent.
    pub sign_out_action: String,
}

/// What the frame tells while a page is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Stamp of the last live event before the page was read.
    pub stamp: i64,
    /// The topic that the told things change with.
    pub topic: String,
    /// Notices in the top bar, worst first.
    pub notices: Vec<NoticeItem>,
    /// What does not work here: title and text.
    pub troubles: Vec<(String, String)>,
}

/// A notice in the top bar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeItem {
    /// Where it is mended.
    pub href: String,
    /// Something does not work now.
    pub fails: bool,
    /// What happened.
    pub title: String,
    /// Why, and what to do; may be empty.
    pub text: String,
}

/// A page with navigation.
#[component]
pub fn AppShell(
    /// Where the brand leads.
    #[prop(into)]
    home: String,
    /// The side navigation.
    nav: Vec<NavGroup>,
    /// Its name ("Booking Platform", "Admin").
    #[prop(into)]
    nav_label: String,
    /// What it belongs to.
    #[prop(optional_no_strip)]
    switcher: Option<Switcher>,
    /// Links at the end of the top bar.
    #[prop(optional)]
    top: Vec<TopLink>,
    /// The search.
    #[prop(optional_no_strip)]
    search: Option<SearchBox>,
    /// The themes.
    #[prop(optional_no_strip)]
    theme: Option<ThemeForm>,
    /// The person.
    #[prop(optional_no_strip)]
    user: Option<UserMenu>,
    /// What it tells while it is open.
    #[prop(optional_no_strip)]
    told: Option<Told>,
    /// The way to this page.
    #[prop(optional)]
    crumbs: Vec<Crumb>,
    /// A page of text and forms: narrower.
    #[prop(optional)]
    narrow: bool,
    /// The page.
    children: Children,
) -> AnyView {
    let told = told.map(told_view);
    let (bell, banner) = told.map_or((None, None), |(bell, banner)| (Some(bell), Some(banner)));
    view! {
        <SkipLink />
        <div class="app">
            <header class="topbar">
                <button class="iconbtn navbtn" type="button" popovertarget="nav" aria-label="Open navigation">
                    <Icon name="i-menu" />
                </button>
                <Brand home=home />
                {search.map(search_view)}
                <span class="spacer"></span>
                {top.into_iter().map(top_view).collect_view()}
                {bell}
                {theme.map(theme_view)}
                {user.map(user_view)}
            </header>
            <nav class="side" id="nav" popover="auto" aria-label=nav_label>
                {switcher.map(switcher_view)}
                {nav.into_iter().enumerate().map(|(index, group)| group_view(index, group)).collect_view()}
            </nav>
            <main id="main" tabindex="-1">
                <div class=if narrow { "page narrow" } else { "page" }>
                    {banner}
                    <Breadcrumbs items=crumbs />
                    {children()}
                </div>
            </main>
        </div>
    }
    .into_any()
}

#[component]
fn SkipLink() -> AnyView {
    view! {
        <a class="skip" href="#main">
            "Skip to content"
        </a>
    }
    .into_any()
}

#[component]
fn Brand(#[prop(into)] home: String) -> AnyView {
    view! {
        <a class="brand" href=home>
            <Icon name="brand" />
            <span>"Traceline"</span>
        </a>
    }
    .into_any()
}

fn search_view(search: SearchBox) -> AnyView {
    view! {
        <form class="search" role="search" method="get" action=search.action>
            <Icon name="i-search" />
            <input
                class="input"
                type="search"
                name="q"
                value=search.value
                aria-label=search.label.clone()
                placeholder=search.label
            />
        </form>
    }
    .into_any()
}

fn top_view(link: TopLink) -> AnyView {
    let named = link.icon_only.then(|| link.label.clone());
    view! {
        <a class="toplink" href=link.href aria-current=link.current.then_some("true") aria-label=named.clone() title=named>
            {(!link.icon.is_empty()).then(|| view! { <Icon name=link.icon /> })}
            {(!link.icon_only).then(|| view! { <span class="tx">{link.label}</span> })}
        </a>
    }
    .into_any()
}

/// The bell, and what stands above the page.
fn told_view(told: Told) -> (AnyView, AnyView) {
    let count = told.notices.len();
    let label = if count == 1 {
        "1 notice".to_owned()
    } else {
        format!("{count} notices")
    };
    let titles: Vec<String> = told.notices.iter().map(|notice| notice.title.clone()).collect();
    let said = if count == 0 {
        "No notices".to_owned()
    } else {
        format!("{label}: {}", titles.join(" "))
    };
    let tone = if told.notices.iter().any(|notice| notice.fails) {
        Tone::Bad
    } else {
        Tone::Warn
    };
    let items = told.notices.into_iter().map(notice_view).collect_view();
    let menu = (count > 0).then(|| {
        view! {
            <Menu
                id="notice-list"
                class="toplink bell"
                label=label
                button=move || view! { <Icon name="i-bell" /><span class="n" data-tone=tone.as_str() aria-hidden="true">{count}</span> }
            >
                <ul>{items}</ul>
            </Menu>
        }
    });
    let bell = view! {
        <div class="bells" id=NOTICES data-follow=told.topic.clone() data-said=said>{menu}</div>
        <p class="vh" role="status" aria-live="polite" id=NOTICES_SAID></p>
    };
    let troubles = told
        .troubles
        .into_iter()
        .map(|(title, text)| view! { <Note tone=Tone::Bad title=title>{text}</Note> })
        .collect_view();
    let banner = view! {
        <p class="lost" role="status" id=LOST hidden=true>
            {LOST_WORDS}
        </p>
        <div class="told" id="told" data-follow=told.topic>{troubles}</div>
        <span id=STAMP data-stamp=told.stamp.to_string() hidden=true></span>
    };
    (bell.into_any(), banner.into_any())
}

fn notice_view(notice: NoticeItem) -> AnyView {
    let tone = if notice.fails { Tone::Bad } else { Tone::Warn };
    view! {
        <li>
            <a href=notice.href>
                <Icon name=tone.icon() tone=tone />
                <span>
                    <b>{notice.title}</b>
                    {(!notice.text.is_empty()).then(|| view! { <span class="sub">{notice.text}</span> })}
                </span>
            </a>
        </li>
    }
    .into_any()
}

fn theme_view(theme: ThemeForm) -> AnyView {
    let choices = [
        ("system", "Like the system", "i-theme"),
        ("light", "Light", "i-sun"),
        ("dark", "Dark", "i-moon"),
    ];
    view! {
        <Menu id="theme" class="toplink" label="Theme" button=|| view! { <Icon name="i-theme" /> }>
            <form method="post" action=theme.action>
                <input type="hidden" name="back" value=theme.back />
                {choices
                    .into_iter()
                    .map(|(value, label, icon)| {
                        let on = theme.current == value;
                        view! {
                            <button name="theme" value=value aria-current=on.then_some("true")>
                                <Icon name=icon />
                                {label}
                                {on.then(|| view! { <Icon name="i-check" class="end-row" /> })}
                            </button>
                        }
                    })
                    .collect_view()}
            </form>
        </Menu>
    }
    .into_any()
}

fn user_view(user: UserMenu) -> AnyView {
    let name = user.name.clone();
    let label = format!("{}, your account", user.name);
    view! {
        <Menu id="me" class="toplink" label=label button=move || view! { <UserAvatar name=name.clone() /> }>
            <p class="who">
                <b>{user.name}</b>
                {(!user.sub.is_empty()).then(|| view! { <span class="sub">{user.sub}</span> })}
            </p>
            <hr />
            {user
                .links
                .into_iter()
                .map(|link| {
                    view! {
                        <a href=link.href aria-current=link.current.then_some("page")>
                            {(!link.icon.is_empty()).then(|| view! { <Icon name=link.icon /> })}
                            {link.label}
                        </a>
                    }
                })
                .collect_view()}
            <form method="post" action=user.sign_out_action>
                <button>
                    <Icon name="i-out" />
                    "Sign out"
                </button>
            </form>
        </Menu>
    }
    .into_any()
}

/// Opens and closes by itself, with the keyboard and without script.
fn switcher_view(switcher: Switcher) -> AnyView {
    let title = view! { <span>{switcher.title} <small>{switcher.sub}</small></span> };
    view! {
        <details class="switcher">
            <summary class="switch">
                {title}
                <Icon name="i-chev-down" />
            </summary>
            {list_view(switcher.items, None, "true")}
        </details>
    }
    .into_any()
}

/// `current` is what the one that is open is called: the page itself, or what the page belongs to.
fn list_view(items: Vec<NavItem>, heading: Option<String>, current: &'static str) -> AnyView {
    let items = items
        .into_iter()
        .map(|item| {
            view! {
                <li>
                    <a href=item.href aria-current=item.current.then_some(current)>
                        {item.label}
                        {(!item.count.is_empty()).then(|| view! { <span class="n">{item.count}</span> })}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! { <ul aria-labelledby=heading>{items}</ul> }.into_any()
}

fn group_view(index: usize, group: NavGroup) -> AnyView {
    let heading = (!group.label.is_empty()).then(|| format!("nav-{index}"));
    view! {
        {heading.clone().map(|id| view! { <h2 id=id>{group.label}</h2> })}
        {list_view(group.items, heading, "page")}
    }
    .into_any()
}

/// A page without navigation: errors, notices, waiting.
#[component]
pub fn PlainShell(
    /// Where the brand leads.
    #[prop(into)]
    home: String,
    /// Class of the block inside: `fault` for errors, `page` for texts.
    #[prop(optional, into)]
    class: String,
    /// The page.
    children: Children,
) -> AnyView {
    view! {
        <SkipLink />
        <div class="plain">
            <header class="topbar">
                <Brand home=home />
            </header>
            <main id="main" tabindex="-1">
                <div class=some(if class.is_empty() { "fault" } else { &class })>{children()}</div>
            </main>
        </div>
    }
    .into_any()
}

/// Sign-in and setup: the form and, beside it, the trace line or the steps.
#[component]
pub fn AuthShell(
    /// Where the brand leads.
    #[prop(into)]
    home: String,
    /// The long form of setup, with `rail` in front of it.
    #[prop(optional)]
    setup: bool,
    /// What stands in front of the form in setup.
    #[prop(optional, into)]
    rail: ViewFn,
    /// Small print below the form.
    #[prop(optional, into)]
    foot: ViewFn,
    /// The form.
    children: Children,
) -> AnyView {
    if setup {
        view! {
            <SkipLink />
            <div class="auth setup">
                <aside class="rail">
                    <Brand home=home />
                    {rail.run()}
                </aside>
                <main class="pane" id="main" tabindex="-1">
                    {children()}
                </main>
            </div>
        }
        .into_any()
    } else {
        view! {
            <SkipLink />
            <div class="auth">
                <div class="pane">
                    <header>
                        <Brand home=home />
                    </header>
                    <main class="mid" id="main" tabindex="-1">
                        {children()}
                    </main>
                    <footer class="foot">{foot.run()}</footer>
                </div>
                <div class="art" aria-hidden="true">
                    {trace_art()}
                </div>
            </div>
        }
        .into_any()
    }
}

/// Requirement, test, result, release on one line, with a branch to a bug. Decoration.
fn trace_art() -> AnyView {
    view! {
        <svg viewBox="0 0 480 200" fill="none" stroke="currentColor" stroke-width="1.5">
            <path d="M44 72h104M172 72h112M308 72h104" />
            <path d="M296 84v36a12 12 0 0 0 12 12h44" stroke-dasharray="3 5" />
            <circle cx="32" cy="72" r="12" />
            <circle cx="160" cy="72" r="12" />
            <circle class="node" cx="296" cy="72" r="11" />
            <circle cx="424" cy="72" r="12" />
            <circle cx="364" cy="132" r="12" />
        </svg>
    }
    .into_any()
}
