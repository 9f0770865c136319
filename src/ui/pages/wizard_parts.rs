//! Parts of the wizard's pages: mapping table, choices, preview. They decide nothing.
//!
//! Parts with `data-look` are drawn anew while answers change (`islands::wizard_look`).

use leptos::prelude::*;

use crate::{
    api::wizard::{ChoiceView, MappingRow, MappingView, PreviewView, SampleView},
    domain::{
        mapping::{Rule, without_row_words},
        numbers::grouped,
    },
    ui::{
        components::{Badge, Button, Checkbox, Icon, Note, Select, SelectOption, Stat, Tone, moment},
        islands::wizard_look::{FORM, LOST, PREVIEW},
        paths,
    },
};

/// Where the ways to other steps lead from the step that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ways {
    /// Project of ours.
    pub project: String,
    /// Configuration.
    pub configuration: String,
    /// Whether the step has a form whose answers the way keeps.
    pub form: bool,
    /// The step that is open.
    pub here: u8,
}

impl Ways {
    /// Address of a step.
    pub fn address(&self, step: u8) -> String {
        paths::wizard(&self.project, &self.configuration, step)
    }
}

/// A way in running text to a step, there to the control with the id `field` unless it is empty. It keeps
/// what is typed; without a form, or where the step is open already, it is a link.
pub fn way(ways: &Ways, step: u8, field: &str, words: String) -> AnyView {
    let part = |mark: char| {
        if field.is_empty() {
            String::new()
        } else {
            format!("{mark}{field}")
        }
    };
    if ways.here == step && !field.is_empty() {
        view! { <a href=part('#')>{words}</a> }.into_any()
    } else if ways.form {
        let value = format!("go.{step}{}", part('.'));
        view! { <button class="way" type="submit" form=FORM name="do" value=value>{words}</button> }
            .into_any()
    } else {
        view! { <a href=format!("{}{}", ways.address(step), part('#'))>{words}</a> }.into_any()
    }
}

/// Name of an answer in the form.
pub fn answer(name: &str) -> String {
    format!("answers[{name}]")
}

/// A hidden answer.
pub fn mark(name: &str) -> AnyView {
    view! { <input type="hidden" name=answer(name) value="1" /> }.into_any()
}

/// A mapping table with its note, its filter and its default.
pub fn mapping(view: MappingView) -> AnyView {
    if !view.empty_reason.is_empty() {
        return view! { <Note tone=Tone::Info>{view.empty_reason}</Note> }.into_any();
    }
    let default_label = label_of(&view.targets, &view.default);
    let gaps = gap_note(&view, &default_label);
    let filter = filter(&view);
    let head = if view.estimated { "Items, about" } else { "Items" };
    let (prefix, rows) = (view.prefix.clone(), view.rows.clone());
    let rows = rows.into_iter().map(|row| mapping_row(row, &view)).collect_view();
    let targets = view.targets;
    let default_id = format!("{prefix}-default");
    let options = targets
        .iter()
        .map(|(code, label)| SelectOption::new(code, label))
        .collect::<Vec<_>>();
    view! {
        <div class="mb" id=format!("gaps-{}", view.prefix) data-look="">{gaps} {filter}</div>
        <table class="map">
            <caption class="vh">{view.caption}</caption>
            <thead>
                <tr>
                    <th scope="col">{view.source}</th>
                    <th scope="col" class="cnt">{head}</th>
                    <th class="wire"><span class="vh">"maps to"</span></th>
                    <th scope="col" class="to">{view.target.clone()}</th>
                    <th scope="col" class="how">"Origin"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <div class="field mt">
            <label for=default_id.clone()>{format!("{} of unmapped values", view.target)}</label>
            <Select id=default_id name=answer(&format!("{prefix}_default")) options=options value=view.default />
        </div>
    }
    .into_any()
}

/// Shows the unmapped rows alone, where there are others.
fn filter(view: &MappingView) -> Option<AnyView> {
    let (which, words) = if view.only_unmapped {
        ("all", format!("Show all {}", view.total))
    } else if view.unmapped > 0 && view.mapped > 0 {
        ("unmapped", format!("Show only the {} unmapped", view.unmapped))
    } else {
        return None;
    };
    let value = format!("show.{which}.{}", view.prefix);
    Some(view! { <p class="mt"><Button name="do" value=value small=true>{words}</Button></p> }.into_any())
}

fn label_of(targets: &[(String, String)], code: &str) -> String {
    targets
        .iter()
        .find(|(known, _)| known == code)
        .map(|(_, label)| label.clone())
        .unwrap_or_default()
}

fn gap_note(view: &MappingView, default_label: &str) -> AnyView {
    let (tone, title) = match view.unmapped {
        0 if !view.empty_counts_as.is_empty() => {
            let text = format!("Work items without one count as {}.", view.empty_counts_as);
            return view! { <Note tone=Tone::Ok title="Every value of Jira is mapped.">{text}</Note> }
                .into_any();
        }
        0 => return view! { <Note tone=Tone::Ok title="Every value is mapped.">""</Note> }.into_any(),
        1 => (Tone::Warn, "1 value has no mapping.".to_owned()),
        count => (Tone::Warn, format!("{count} values have no mapping.")),
    };
    let text = format!("You can go on: work items with them get {default_label}, the default below.");
    let suggested = view.suggestions;
    if suggested == 0 {
        return view! { <Note tone=tone title=title>{text}</Note> }.into_any();
    }
    let noun = &view.noun;
    let words = if suggested == 1 {
        format!("Accept the {noun} suggestion")
    } else {
        format!("Accept all {suggested} {noun} suggestions")
    };
    let value = format!("accept_suggestions.{}", view.prefix);
    let button = move || {
        let (words, value) = (words.clone(), value.clone());
        view! { <Button small=true icon="i-spark" name="do" value=value>{words}</Button> }
    };
    view! { <Note tone=tone title=title with_action=true action=button>{text}</Note> }.into_any()
}

/// What an unmapped row comes to, in one line; empty for a mapped one.
fn without_mapping(row: &MappingRow, table: &MappingView) -> String {
    if !row.chosen.is_empty() {
        return String::new();
    }
    let (one, many) = &table.items;
    let comes_to = without_row_words(row.count, one, many, &row.without);
    match &row.suggestion {
        Some((label, reason)) => format!("{comes_to} Suggested: {label} ({}).", reason.to_lowercase()),
        None if row.empty => comes_to,
        None => format!("{comes_to} No similar name."),
    }
}

fn mapping_row(row: MappingRow, table: &MappingView) -> AnyView {
    let prefix = &table.prefix;
    let unmapped = row.chosen.is_empty();
    let why_id = format!("why-{prefix}-{}", if row.empty { "empty" } else { &row.id });
    let why = without_mapping(&row, table);
    let mut options = vec![SelectOption::new("", "Not mapped")];
    options.extend(
        table
            .targets
            .iter()
            .map(|(code, label)| SelectOption::new(code, label)),
    );
    let spoken = if row.distinction.is_empty() {
        row.name.clone()
    } else {
        format!("{}, {}", row.name, row.distinction)
    };
    let open = || {
        if row.empty {
            view! { <Badge tone=Tone::Mute>"Default"</Badge> }.into_any()
        } else {
            view! { <Badge tone=Tone::Warn icon="s-warn">"Unmapped"</Badge> }.into_any()
        }
    };
    let origin = row.origin.clone();
    let stored = if unmapped {
        open()
    } else if origin == "Suggested" {
        view! { <Badge tone=Tone::Info icon="i-spark">{origin}</Badge> }.into_any()
    } else {
        view! { <Badge tone=Tone::Mute>{origin}</Badge> }.into_any()
    };
    let described = if why.is_empty() {
        String::new()
    } else {
        why_id.clone()
    };
    let gap = !row.empty;
    let count = row.count.map_or_else(|| "–".to_owned(), grouped);
    view! {
        <tr class=gap.then_some("gap")>
            <th scope="row">
                {row.name} {(!row.distinction.is_empty()).then(|| view! { <span class="sub faint">{row.distinction}</span> })}
            </th>
            <td class="cnt">{count}</td>
            <td class="wire"><span></span></td>
            <td class="to">
                <Select
                    small=true
                    id=format!("{prefix}-{}", row.id)
                    name=answer(&format!("{prefix}.{}", row.id))
                    label=format!("Traceline value for {spoken}")
                    options=options
                    value=row.chosen
                    described_by=described
                />
            </td>
            // What is chosen and not saved yet shows by style alone.
            <td class="how">
                <span class="stored">{stored}</span>
                <span class="now-set"><Badge tone=Tone::Mute>{Rule::Chosen.label()}</Badge></span>
                <span class="now-open">{open()}</span>
            </td>
        </tr>
        {(!why.is_empty())
            .then(|| view! { <tr class="why"><td colspan="5"><p class="f12 muted" id=why_id>{why}</p></td></tr> })}
    }
    .into_any()
}

/// Boxes named `prefix.<id>`.
pub fn boxes(choices: Vec<ChoiceView>, prefix: &str, first_id: &str) -> AnyView {
    let boxes = choices
        .into_iter()
        .enumerate()
        .map(|(at, choice)| {
            let id = if at == 0 {
                first_id.to_owned()
            } else {
                String::new()
            };
            view! {
                <Checkbox
                    id=id
                    name=answer(&format!("{prefix}{}", choice.id))
                    label=choice.label
                    detail=choice.detail
                    checked=choice.chosen
                    disabled=choice.disabled
                />
            }
        })
        .collect_view();
    view! { <div class="types">{boxes}</div> }.into_any()
}

/// What would come out in one line, for where the preview stands below the form; nothing while no number
/// is known.
pub fn preview_line(view: &PreviewView) -> AnyView {
    let known = [
        (&view.requirements, "requirements"),
        (&view.bugs, "bugs"),
        (&view.releases, "releases"),
        (&view.sprints, "sprints"),
    ];
    let words: Vec<String> = known
        .into_iter()
        .filter(|(number, _)| !number.is_empty())
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    let about = if view.estimated { "About " } else { "" };
    let line = (!words.is_empty())
        .then(|| view! { <span>{format!("{about}{}. ", words.join(", "))}<a href=format!("#{PREVIEW}")>"Preview"</a></span> });
    view! { <p class="pvline" id="pvline" data-look="">{line}</p> }.into_any()
}

/// What would come out, beside the form.
pub fn preview(view: PreviewView, ways: &Ways) -> AnyView {
    let stat = |value: &str, word: &'static str| {
        let value = if value.is_empty() { "–" } else { value };
        view! { <Stat value=value>{word}</Stat> }
    };
    let estimated = view
        .estimated
        .then(|| view! { <p class="all f12 faint">"Jira estimates the numbers of work items."</p> });
    let stats = view! {
        {stat(&view.requirements, "requirements")} {stat(&view.bugs, "bugs")} {stat(&view.releases, "releases")}
        {stat(&view.sprints, "sprints")} {estimated}
    };
    let when = view
        .at
        .map(|at| view! { <span class="f12 faint">"Jira, "{moment(at)}</span> });
    let total: usize = view.gaps.iter().map(|(_, count, _)| count).sum();
    let gaps = (total > 0).then(|| {
        let items = view
            .gaps
            .into_iter()
            .map(|(words, count, step)| {
                view! {
                    <li>
                        <Icon name="s-warn" class="glyph" tone=Tone::Warn />
                        {way(ways, step, "", words)}
                        <span class="faint">{count}</span>
                    </li>
                }
            })
            .collect_view();
        let title = if total == 1 {
            "1 value unmapped".to_owned()
        } else {
            format!("{total} values unmapped")
        };
        view! { <div><h3>{title}</h3><ul class="ulist">{items}</ul></div> }
    });
    let samples = (!view.samples.is_empty()).then(|| {
        let items = view.samples.into_iter().map(sample).collect_view();
        view! { <div><h3>"How real work items come out"</h3>{items}</div> }
    });
    // With script the preview follows by itself; the button comes back where that did not come about.
    let update_class = if view.remark.is_empty() { "if-still" } else { "" };
    let remark = (!view.remark.is_empty()).then(|| view! { <div class="f12 muted">{view.remark}</div> });
    let has_project = !view.missing.iter().any(|(_, step, _)| *step == 1);
    let missing = (!view.missing.is_empty()).then(|| {
        let items = view
            .missing
            .into_iter()
            .map(|(words, step, field)| view! { <li>{way(ways, step, &field, words)}</li> })
            .collect_view();
        view! { <div><h3>"Needed for more numbers"</h3><ul class="ulist">{items}</ul></div> }
    });
    let update = (ways.form && has_project).then(|| {
        view! { <div class=update_class><Button small=true icon="i-sync" name="do" value="preview" form=FORM>"Update preview"</Button></div> }
    });
    view! {
        <aside aria-labelledby="pv">
            <section class="preview" id=PREVIEW data-look="">
                <header>
                    <h2 id="pv">"With this mapping"</h2>
                    {when}
                </header>
                <div id=LOST hidden=true>
                    <Note tone=Tone::Warn title="Not up to date.">"Traceline did not answer. Choose Update preview to try again; it saves the step."</Note>
                </div>
                <div role="status" class="stats">{stats}</div>
                {missing} {gaps} {samples} {remark} {update}
            </section>
        </aside>
    }
    .into_any()
}

fn sample(sample: SampleView) -> AnyView {
    let lines = sample
        .lines
        .into_iter()
        .map(|(from, to, remark)| {
            view! {
                <span class="ar">
                    {from} <Icon name="i-arrow" label="becomes" /> <b>{to}</b>
                    {(!remark.is_empty()).then(|| view! { <span class="faint">{remark}</span> })}
                </span>
            }
        })
        .collect_view();
    view! {
        <div class="sample">
            <span class="t"><span class="key">{sample.key}</span>" "{sample.summary}</span>
            {lines}
        </div>
    }
    .into_any()
}
