//! One requirement: where it stands in the chain, what Jira says, what became of it here and why.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{
        layout::FrameView,
        requirement::{MappedView, PlanLink, RequirementView, load_requirement},
    },
    ui::{
        components::{
            Badge, Crumb, Icon, LinkButton, Note, PageHead, PageTitle, RichTextView, Time, Tone, UserAvatar,
        },
        layout::{Section, project_page},
        pages::requirement_table::status_view,
        paths,
    },
};

/// A requirement.
#[component]
pub fn RequirementPage() -> impl IntoView {
    let params = use_params_map().read_untracked().clone();
    let get = |name: &str| params.get(name).unwrap_or_default();
    let (project, configuration, issue) = (get("project"), get("configuration"), get("issue"));
    project_page(
        project.clone(),
        Section::Requirements,
        "Requirement",
        move |frame| async move {
            let view = load_requirement(project.clone(), configuration, issue).await?;
            Ok(page(&frame, &project, view))
        },
    )
}

fn page(frame: &FrameView, project: &str, view: RequirementView) -> AnyView {
    let name = frame
        .project
        .as_ref()
        .map(|project| project.name.clone())
        .unwrap_or_default();
    let crumbs = vec![
        Crumb::link(name, paths::plans(project)),
        Crumb::link("Requirements", paths::requirements(project)),
        Crumb::here(view.key.clone()),
    ];
    let open = view.jira_url.clone().map(|href| {
        view! {
            <LinkButton href=href external=true icon="i-ext" label=format!("Open in Jira: {}, in a new tab", view.key)>
                "Open in Jira"
            </LinkButton>
        }
    });
    let connection = view
        .configuration
        .connection
        .clone()
        .map(|name| view! { <span>{format!("on {name}")}</span> });
    let description = if view.description.blocks.is_empty() {
        view! { <p class="muted">"Jira has no description for it."</p> }.into_any()
    } else {
        view! { <RichTextView doc=view.description.clone() /> }.into_any()
    };
    view! {
        <PageTitle text=format!("{} {}", view.key, view.summary) />
        <PageHead key=view.key.clone() title=view.summary.clone() crumbs=crumbs>
            {open}
        </PageHead>
        <p class="row wrap statusline">
            {status_view(view.state)}
            <span>{view.type_name.clone()} " " {parent_line(project, &view)}</span>
            {connection}
            {mirrored(&view)}
        </p>
        {notes(&view)}
        {chain(project, &view)}
        <div class="detail">
            <div>
                <section aria-labelledby="description">
                    <header>
                        <h2 id="description">"Description"</h2>
                        <span class="faint f13">"from Jira, read only"</span>
                    </header>
                    {description}
                </section>
                {rich_fields(&view)}
            </div>
            <aside aria-label="Details">{date_panel(project, &view)} {field_panel(project, &view)}</aside>
        </div>
    }
    .into_any()
}

fn parent_line(project: &str, view: &RequirementView) -> AnyView {
    let Some(parent) = view.parent.clone() else {
        return ().into_any();
    };
    match parent.known {
        Some((id, summary)) => {
            let href = paths::requirement(project, &view.configuration.id, &id);
            view! {
                <span>
                    "in "
                    <a href=href>{parent.key} " " {summary}</a>
                </span>
            }
            .into_any()
        }
        None => view! { <span>{format!("in {}", parent.key)}</span> }.into_any(),
    }
}

fn mirrored(view: &RequirementView) -> AnyView {
    match view.configuration.last_synced.clone() {
        Some(at) => view! {
            <span class="faint">
                "Synced with Jira "
                <Time iso=at.iso text=at.text title=at.exact />
            </span>
        }
        .into_any(),
        None => ().into_any(),
    }
}

fn notes(view: &RequirementView) -> AnyView {
    let gone = view.gone.clone().map(|(words, at)| {
        view! {
            <div class="mt">
                <Note tone=Tone::Warn title=format!("{words}.")>
                    "Found by the sync of "
                    <Time iso=at.iso text=at.text title=at.exact />
                    ". It counts nowhere any more; what is linked to it stays."
                </Note>
            </div>
        }
    });
    let words = view.out_of_use.clone();
    let out = (!words.is_empty()).then(|| {
        view! {
            <div class="mt">
                <Note tone=Tone::Mute>{words}</Note>
            </div>
        }
    });
    let error = view.configuration.error.clone().map(|reason| {
        view! {
            <div class="mt">
                <Note tone=Tone::Bad title="This integration is in error.">{reason} " What you see is from its last sync."</Note>
            </div>
        }
    });
    let secured = view.secured.then(|| {
        view! {
            <div class="mt">
                <Note tone=Tone::Mute title="Jira has a security level on this work item.">
                    "Members of this project do not see it here."
                </Note>
            </div>
        }
    });
    view! {
        {out}
        {error}
        {gone}
        {secured}
    }
    .into_any()
}

/// Requirement and release; the line between them is dashed where the release is missing.
fn chain(project: &str, view: &RequirementView) -> AnyView {
    let known: Vec<&PlanLink> = view.releases.iter().collect();
    let end = match known.as_slice() {
        [] => view! {
            <li>
                <span class="nd" data-tone="mute">
                    <Icon name="s-none" />
                </span>
                <b>"No release yet"</b>
                <small>"Jira has no fix version on it"</small>
            </li>
        }
        .into_any(),
        releases => releases
            .iter()
            .map(|release| {
                let name = plan_link(project, view, release, true);
                view! {
                    <li>
                        <span class="nd">
                            <Icon name="i-release" />
                        </span>
                        {name}
                        <small>{release.when.clone()}</small>
                    </li>
                }
            })
            .collect_view()
            .into_any(),
    };
    view! {
        <ol class="chain" aria-label=format!("Trace of {}", view.key)>
            <li class=known.is_empty().then_some("gap")>
                <span class="nd">
                    <Icon name="i-req" />
                </span>
                <b>"Requirement"</b>
                <small>{view.state.words()}</small>
            </li>
            {end}
        </ol>
    }
    .into_any()
}

fn plan_link(project: &str, view: &RequirementView, link: &PlanLink, release: bool) -> AnyView {
    if !link.known {
        return view! { <b>{link.name.clone()}</b> }.into_any();
    }
    let href = if release {
        paths::release(project, &view.configuration.id, &link.id)
    } else {
        paths::sprint(
            project,
            &view.configuration.id,
            link.id.parse().unwrap_or_default(),
        )
    };
    view! { <a href=href>{link.name.clone()}</a> }.into_any()
}

fn date_panel(project: &str, view: &RequirementView) -> AnyView {
    let rows = view
        .sources
        .iter()
        .enumerate()
        .map(|(index, source)| {
            let date = match (source.date.clone(), source.used) {
                (Some(date), true) => view! { <span class="nowrap">{date}</span> }.into_any(),
                (Some(date), false) => view! { <s class="nowrap">{date}</s> }.into_any(),
                (None, _) => view! { <span class="muted">"No date"</span> }.into_any(),
            };
            view! {
                <li class=source.used.then_some("used")>
                    <span class="n">{(index + 1).to_string()}</span>
                    <span>
                        {source.label.clone()} {source.used.then(|| view! { <span class="vh">", used"</span> })}
                        <span class="sub regular">{source.why.clone()}</span>
                    </span>
                    {date}
                </li>
            }
        })
        .collect_view();
    let used = view.sources.iter().position(|source| source.used);
    let words = match (used, view.sources.is_empty()) {
        (_, true) => "This integration takes no field for the release date.".to_owned(),
        (Some(at), _) => format!(
            "Field {} is the first with a date, so it is the release date.",
            at + 1
        ),
        (None, _) => "None of these fields has a date.".to_owned(),
    };
    let order = view.may_configure.then(|| {
        let href = paths::wizard(project, &view.configuration.id, 5);
        view! { " " <a href=href>"Change the order"</a> }
    });
    view! {
        <section class="panel">
            <header>
                <h2>"Release date"</h2>
                <b class="f13">{view.release_date.clone().unwrap_or_else(|| "No date".to_owned())}</b>
            </header>
            <div class="body">
                <ol class="waterfall">{rows}</ol>
                <p class="f12 faint mt">{words} {order}</p>
            </div>
        </section>
    }
    .into_any()
}

fn mapped_view(value: &MappedView) -> AnyView {
    let jira = value.jira.clone().map(|jira| format!("Jira: {jira}"));
    view! {
        <b>{value.label.clone()}</b>
        {jira.map(|jira| view! { <span class="sub">{jira}</span> })}
        <span class="sub">"Rule: " {value.rule.clone()}</span>
    }
    .into_any()
}

fn person_view(name: Option<String>) -> AnyView {
    match name {
        Some(name) => view! {
            <span class="row">
                <UserAvatar name=name.clone() small=true />
                {name}
            </span>
        }
        .into_any(),
        None => view! { <span class="muted">"Nobody"</span> }.into_any(),
    }
}

fn tags(items: &[String], none: &'static str) -> AnyView {
    if items.is_empty() {
        return view! { <span class="muted">{none}</span> }.into_any();
    }
    items
        .iter()
        .map(|item| {
            let item = item.clone();
            view! {
                <Badge>{item}</Badge>
                " "
            }
        })
        .collect_view()
        .into_any()
}

fn field_panel(project: &str, view: &RequirementView) -> AnyView {
    let links = |items: &[PlanLink], release: bool| -> AnyView {
        if items.is_empty() {
            let none = if release { "No release" } else { "No sprint" };
            return view! { <span class="muted">{none}</span> }.into_any();
        }
        items
            .iter()
            .map(|item| {
                let link = plan_link(project, view, item, release);
                view! { <div>{link} <span class="sub">{item.when.clone()}</span></div> }
            })
            .collect_view()
            .into_any()
    };
    let text = |value: Option<String>, none: &'static str| match value {
        Some(value) => value.into_any(),
        None => view! { <span class="muted">{none}</span> }.into_any(),
    };
    let parent = match &view.parent {
        None => text(None, "No parent"),
        Some(_) => parent_line(project, view),
    };
    let moment = |at: crate::api::moment::MomentView| view! { <Time iso=at.iso text=at.exact.clone() title=at.exact /> };
    let resolved = view.resolved.clone().map(|at| {
        view! {
            <dt>"Resolved"</dt>
            <dd>{moment(at)}</dd>
        }
    });
    let further = view
        .further
        .iter()
        .filter(|field| field.rich.is_none())
        .map(|field| {
            view! {
                <dt class="break">{field.name.clone()}</dt>
                <dd class="pre">{field.text.clone()}</dd>
            }
        })
        .collect_view();
    view! {
        <section class="panel">
            <header>
                <h2>"Fields"</h2>
            </header>
            <div class="body">
                <dl class="props">
                    <dt>"Status"</dt>
                    <dd>{mapped_view(&view.status)}</dd>
                    <dt>"Priority"</dt>
                    <dd>{mapped_view(&view.priority)}</dd>
                    <dt>"Type"</dt>
                    <dd>{view.type_name.clone()}</dd>
                    <dt>"Fix versions"</dt>
                    <dd>{links(&view.releases, true)}</dd>
                    <dt>"Sprints"</dt>
                    <dd>{links(&view.sprints, false)}</dd>
                    <dt>"Parent"</dt>
                    <dd>{parent}</dd>
                    <dt>"Assignee"</dt>
                    <dd>{person_view(view.assignee.clone())}</dd>
                    <dt>"Reporter"</dt>
                    <dd>{person_view(view.reporter.clone())}</dd>
                    <dt>"Labels"</dt>
                    <dd>{tags(&view.labels, "No labels")}</dd>
                    <dt>"Components"</dt>
                    <dd>{tags(&view.components, "No components")}</dd>
                    <dt>"Resolution"</dt>
                    <dd>{text(view.resolution.clone(), "Unresolved")}</dd>
                    <dt>"Due date"</dt>
                    <dd>{text(view.due.clone(), "No date")}</dd>
                    {further}
                    <dt>"Created"</dt>
                    <dd>{moment(view.created.clone())}</dd>
                    <dt>"Updated"</dt>
                    <dd>{moment(view.updated.clone())}</dd>
                    {resolved}
                    <dt>"Integration"</dt>
                    <dd>{view.configuration.label.clone()}</dd>
                </dl>
            </div>
        </section>
    }
    .into_any()
}

/// Further fields with formatted text stand below the description, where they have room.
fn rich_fields(view: &RequirementView) -> AnyView {
    view.further
        .iter()
        .filter_map(|field| field.rich.clone().map(|rich| (field.name.clone(), rich)))
        .map(|(name, rich)| {
            view! {
                <section>
                    <header>
                        <h2>{name}</h2>
                        <span class="faint f13">"from Jira, read only"</span>
                    </header>
                    <RichTextView doc=rich />
                </section>
            }
        })
        .collect_view()
        .into_any()
}
