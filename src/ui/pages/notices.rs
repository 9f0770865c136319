//! Admin > Notices: what does not work or soon will not, and where messages about it are sent to.

use leptos::prelude::*;

use crate::{
    api::{
        ApiError,
        notice::{NoticeHookView, NoticeView, load_notices},
    },
    ui::{
        components::{Button, ButtonKind, EmptyState, LinkButton, Note, PageHead, Tone, moment},
        layout::{Section, account_page, notice_path},
        pages::form_state::{FormState, done},
        paths,
    },
};

const LEAD: &str = "What does not work or soon will not, for the people who can mend it. The same stands in the top bar of every page.";
const HOOK_LEAD: &str = "Traceline can send a message when a notice comes or goes, to a chat or to any system that takes a POST of JSON. Slack and Mattermost show its text as it is.";

/// Notices of the account.
#[component]
pub fn NoticesPage() -> impl IntoView {
    let done = done();
    account_page(Section::Notices, "Notices", move |_frame| page(done))
}

async fn page(done: String) -> Result<AnyView, ApiError> {
    let view = load_notices().await?;
    let form = FormState::load("save_notice_hook").await?;
    let failed_test = FormState::load("test_notice_hook").await?;
    let note = (!form.failed() && !failed_test.failed())
        .then(|| done_note(&done, view.hook.as_ref()))
        .flatten();
    let list = list_view(view.notices);
    Ok(view! {
        <PageHead title="Notices" lead=LEAD />
        {note}
        {failed_test.summary()}
        {form.summary()}
        <div id="notice-table" data-follow=paths::LIVE_FRAME>{list}</div>
        <section class="panel mb5" aria-labelledby="hook-title">
            <h2 id="hook-title">"Messages to another system"</h2>
            <p>{HOOK_LEAD}</p>
            {view.hook.map(hook_view)}
            {hook_form(&form)}
        </section>
    }
    .into_any())
}

fn done_note(done: &str, hook: Option<&NoticeHookView>) -> Option<AnyView> {
    let said = |tone: Tone, title: &str, text: String| {
        let title = title.to_owned();
        Some(view! { <Note tone=tone title=title role="status">{text}</Note> }.into_any())
    };
    match (done, hook) {
        ("saved", _) => said(
            Tone::Ok,
            "The address is saved.",
            "Send a test to see whether messages arrive.".to_owned(),
        ),
        ("removed", _) => said(
            Tone::Info,
            "Messages are no longer sent.",
            "The notices stay here and in the top bar.".to_owned(),
        ),
        ("tested", Some(hook)) => said(
            Tone::Ok,
            "The test has arrived.",
            format!("{} took it.", hook.host),
        ),
        ("not-arrived", Some(hook)) => said(
            Tone::Bad,
            "The test did not arrive.",
            format!(
                "{} Check the address with the people who run that system, and save it again if it differs.",
                hook.trouble
            ),
        ),
        _ => None,
    }
}

fn list_view(notices: Vec<NoticeView>) -> AnyView {
    if notices.is_empty() {
        return view! {
            <EmptyState title="No notices" text="Nothing needs you now: no connection in use is in Error, no token ends within 14 days." />
        }
        .into_any();
    }
    view! {
        <ul class="stack mb5">
            {notices
                .into_iter()
                .map(|notice| {
                    let tone = if notice.fails { Tone::Bad } else { Tone::Warn };
                    let href = notice_path(&notice.target);
                    let action = move || view! { <LinkButton href=href.clone() small=true>"Mend"</LinkButton> };
                    view! {
                        <li>
                            <Note tone=tone title=notice.title with_action=true action=action>{notice.detail}</Note>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}

fn hook_view(hook: NoticeHookView) -> AnyView {
    let waiting = (hook.waiting > 0).then(|| {
        let what = if hook.waiting == 1 {
            "1 message is".to_owned()
        } else {
            format!("{} messages are", hook.waiting)
        };
        format!(" {what} on the way; what does not arrive is tried again for a day.")
    });
    let state = match (hook.sent, hook.trouble.is_empty()) {
        (None, _) => view! { "Nothing was sent yet." }.into_any(),
        (Some(at), true) => view! { "The last message arrived "{moment(at)}"." }.into_any(),
        (Some(at), false) => {
            view! { "The last message did not arrive "{moment(at)}": "{hook.trouble} }.into_any()
        }
    };
    view! {
        <p><b>{hook.host}</b>" "{hook.set}". "{state}{waiting}</p>
        <div class="btns mb5">
            <form method="post" action=paths::api("test_notice_hook")>
                <Button icon="i-pulse">"Send a test"</Button>
            </form>
            <form method="post" action=paths::api("delete_notice_hook")>
                <Button kind=ButtonKind::Danger icon="i-trash">"Stop sending"</Button>
            </form>
        </div>
    }
    .into_any()
}

fn hook_form(form: &FormState) -> AnyView {
    view! {
        <form class="form" method="post" action=paths::api("save_notice_hook") novalidate>
            {form
                .password("hook_url", "Address", "off")
                .hint("Kept sealed and not shown again: those of chat systems are secrets. Begins with https://; what goes to http:// can be read on its way.")
                .view()}
            {form
                .password("hook_secret", "Signing secret (optional)", "off")
                .hint("At least 16 characters. The header X-Traceline-Signature holds sha256= and the HMAC of the body.")
                .view()}
            <div class="formfoot">
                <div class="end">
                    <Button kind=ButtonKind::Primary>"Save address"</Button>
                </div>
            </div>
        </form>
    }
    .into_any()
}
