//! What the list of all requirements and the list of all bugs of a project share: the page around them,
//! what stands there while nothing is linked, found or mirrored, and the search over the table.

use leptos::prelude::*;

use crate::{
    api::{
        layout::FrameView,
        plan::{PlanConfiguration, UnmappedView},
    },
    domain::numbers::counted,
    ui::{
        components::{
            Button, ButtonKind, Crumb, EmptyState, Icon, LinkButton, Note, PageHead, Select, SelectOption,
            TextInput, Tone,
        },
        paths,
    },
};

/// What an unscheduled requirement is and how it stops being one.
pub(super) const UNSCHEDULED: &str =
    "Unscheduled: in no release and no sprint. Plan them in Jira; the next sync brings it here.";

/// The words of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words {
    /// Title of the page ("Bugs").
    pub title: &'static str,
    /// One of them ("bug").
    pub one: &'static str,
    /// Several ("bugs").
    pub many: &'static str,
    /// Why there may be none although a Jira project is linked.
    pub why_none: &'static str,
}

/// A list in a project.
#[derive(Clone, Copy, Debug)]
pub(super) struct MirroredList<'a> {
    /// Its words.
    pub words: Words,
    /// Project.
    pub project: &'a str,
    /// The address without any filter.
    pub all: &'a str,
    /// Whether a filter is set.
    pub filtered: bool,
    /// What is not mapped.
    pub unmapped: &'a [UnmappedView],
    /// Who looks may link Jira projects and map values.
    pub may_configure: bool,
}

impl MirroredList<'_> {
    /// The page: its head, and `content` once a Jira project is linked.
    pub fn page(self, frame: &FrameView, linked: bool, content: impl FnOnce() -> AnyView) -> AnyView {
        let name = frame
            .project
            .as_ref()
            .map(|project| project.name.clone())
            .unwrap_or_default();
        let title = self.words.title;
        let crumbs = vec![Crumb::link(name, paths::plans(self.project)), Crumb::here(title)];
        let content = if linked { content() } else { self.not_linked() };
        view! {
            <PageHead title=title crumbs=crumbs />
            {content}
        }
        .into_any()
    }

    fn not_linked(self) -> AnyView {
        let (rest, href, label) = if self.may_configure {
            (
                "Link one under Integrations.",
                paths::integrations(self.project),
                "Go to integrations",
            )
        } else {
            (
                "Plans names who can link one.",
                paths::plans(self.project),
                "Open Plans",
            )
        };
        let text = format!("{} come from a linked Jira project. {rest}", self.words.title);
        view! {
            <EmptyState title="No Jira project is linked yet" text=text>
                <LinkButton href=href kind=ButtonKind::Primary>{label}</LinkButton>
            </EmptyState>
        }
        .into_any()
    }

    /// The search, what is not mapped, how many are found, and the table or what stands in its place; `several` says
    /// that the list holds more than one integration.
    pub fn content(self, filters: AnyView, several: bool, total: u64, table: Option<AnyView>) -> AnyView {
        let count = counted(total, self.words.one, self.words.many);
        let count = if self.filtered {
            format!("{count} found")
        } else {
            count
        };
        let table = table.unwrap_or_else(|| self.nothing());
        let unmapped = unmapped_notes(self.project, self.unmapped, self.may_configure, several);
        view! {
            {filters}
            {unmapped}
            <p class="f13 faint mb" role="status">{count}</p>
            {table}
        }
        .into_any()
    }

    fn nothing(self) -> AnyView {
        if self.filtered {
            let (title, all) = (format!("No {} matches", self.words.one), self.all.to_owned());
            return view! {
                <EmptyState bare=true title=title text="Change the filters, or clear them to see all.">
                    <LinkButton href=all>"Clear filters"</LinkButton>
                </EmptyState>
            }
            .into_any();
        }
        let title = format!("No {} yet", self.words.many);
        let text = format!("The integration has brought none: {}", self.words.why_none);
        let plans = paths::plans(self.project);
        view! {
            <EmptyState title=title text=text>
                <LinkButton href=plans>"Open Plans"</LinkButton>
            </EmptyState>
        }
        .into_any()
    }

    /// The search: words, the integration, and the list's own controls.
    pub fn filters(
        self,
        text: &str,
        configurations: &[PlanConfiguration],
        chosen: &str,
        own: AnyView,
    ) -> AnyView {
        let integration = if configurations.len() > 1 {
            let mut options = vec![SelectOption::new("", "All integrations")];
            options.extend(
                configurations
                    .iter()
                    .map(|row| SelectOption::new(row.id.clone(), row.label.clone())),
            );
            view! { <Select name="configuration" label="Integration" options=options value=chosen.to_owned() small=true /> }
                .into_any()
        } else if chosen.is_empty() {
            ().into_any()
        } else {
            // A project with one integration has no choice of it; the address keeps the one it names.
            view! { <input type="hidden" name="configuration" value=chosen.to_owned() /> }.into_any()
        };
        let (all, title, text) = (self.all.to_owned(), self.words.title, text.to_owned());
        let href = all.clone();
        let clear = self.filtered.then(
            move || view! { <LinkButton href=href small=true kind=ButtonKind::Quiet>"Clear"</LinkButton> },
        );
        view! {
            <form class="toolbar" method="get" action=all role="search" aria-label=title>
                <span class="search">
                    <Icon name="i-search" />
                    <TextInput name="text" kind="search" label="Key or words of the summary" placeholder="Key or summary" value=text />
                </span>
                {integration}
                {own}
                <Button small=true icon="i-filter">"Apply"</Button>
                {clear}
            </form>
        }
        .into_any()
    }
}

/// What is not mapped, a line for each integration and kind; whoever may map it gets the way there. `several` names
/// the integrations.
pub(super) fn unmapped_notes(
    project: &str,
    unmapped: &[UnmappedView],
    may_configure: bool,
    several: bool,
) -> AnyView {
    let note = |row: &UnmappedView| {
        let title = row.words.clone();
        let of = several.then(|| format!("In {}. ", row.label));
        let rest = if may_configure {
            let ways = row.steps.iter().map(|(step, what)| {
                let page = paths::wizard(project, &row.configuration_id, *step);
                let href = paths::with_query(&page, &[("show", "unmapped")]);
                let text = format!("Map {what} in step {step}");
                view! { " " <a href=href>{text}</a> }
            });
            ways.collect_view().into_any()
        } else {
            " A Project Admin can map it.".into_any()
        };
        view! {
            <div class="mb">
                <Note tone=Tone::Warn title=title>{of} "A default stands in until it is mapped." {rest}</Note>
            </div>
        }
    };
    unmapped.iter().map(note).collect_view().into_any()
}

/// Choices of a filter: no restriction first.
pub(super) fn choices(
    all: &str,
    options: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
) -> Vec<SelectOption> {
    let options = options
        .into_iter()
        .map(|(value, label)| SelectOption::new(value.into(), label.into()));
    std::iter::once(SelectOption::new("", all))
        .chain(options)
        .collect()
}
