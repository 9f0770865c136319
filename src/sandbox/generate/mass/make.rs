//! Bodies of generated issues, made from their facts when somebody asks.
//!
//! Names come from the world as it is now, so a renamed version shows its new name in every issue.
//! Text has a chance of its own, apart from the facts', so that it stays the same whatever is drawn.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        super::{
            json::{self, Copies, Members, Part},
            world::{Extras, Facts, Maker, Texts, Wish, Word, World},
        },
        format_timestamp,
        rich::{self, Block, Inline},
        rng::Rng,
        texts,
    },
    draw::BUG,
    history,
    plan::{Plan, ProjectPlan},
    scribe::Scribe,
};

/// The flavours of text there are.
const FLAVOURS: [&str; 3] = ["TRIP", "PAY", "OPS"];

const KINDS: [&str; 6] = ["Epic", "Story", "Task", "Bug", "Incident", "Sub-task"];

const FILLER: [&str; 12] = [
    "The change has to work for people who come back after weeks as well as for those who stay all day.",
    "We measured this on the slowest supported phone and on a desk with two screens.",
    "Finance wants the figures to agree with the ledger to the cent, every night.",
    "Nothing here may need a second login, and nothing may be lost when the network goes away.",
    "Support keeps a list of questions; the first three are answered by this alone.",
    "The old page stays reachable for a quarter and says where the new one is.",
    "Translation happens in one batch; texts are frozen two days before.",
    "Numbers are shown as the reader writes them, dates as well.",
    "What fails is said in words that name the next step.",
    "The partner sends the file before six; a late file must not stop the rest.",
    "A second opinion from security is wanted before this leaves the test site.",
    "Ask in the channel before you touch the shared settings.",
];

impl Plan {
    pub(super) fn text_rng(&self, facts: &Facts) -> Rng {
        Rng::new((self.shape.seed << 20) ^ facts.id.unsigned_abs() ^ 0x7e57_ab1e_0000_0000)
    }

    fn flavour(facts: &Facts) -> &'static str {
        FLAVOURS[facts.project as usize % FLAVOURS.len()]
    }

    fn kind(&self, facts: &Facts) -> &'static str {
        let place = self.types.iter().position(|id| *id == facts.issue_type);
        KINDS[place.unwrap_or(BUG)]
    }

    /// A summary; the number beyond those that the texts treat specially.
    pub(super) fn write_summary(&self, facts: &Facts, rng: &mut Rng) -> String {
        let number = facts.number as usize + 1000;
        texts::write_summary(Self::flavour(facts), self.kind(facts), number, rng)
    }

    pub(super) fn write_description(&self, facts: &Facts, rng: &mut Rng) -> Option<Vec<Block>> {
        let number = facts.number as usize + 1000;
        let mut blocks = texts::write_description(Self::flavour(facts), self.kind(facts), number, rng)?;
        let usual = self.shape.text as usize;
        let wanted = match rng.below(100) {
            0..4 => usual * 10,
            4..30 => usual * 2,
            _ => usual / 2,
        };
        let mut length: usize = 350;
        while length < wanted {
            let words: Vec<&str> = (0..4).map(|_| *rng.pick(&FILLER)).collect();
            let text = words.join(" ") + " ";
            length += text.len();
            blocks.push(Block::Text(vec![Inline::Plain(text.trim_end().to_owned())]));
        }
        Some(blocks)
    }

    pub(super) fn write_person(
        &self,
        world: &World,
        word: Option<Word>,
        copies: &mut Copies,
        out: &mut Vec<u8>,
    ) {
        copies.write(Part::Person(word), out, |out| {
            json::push(out, &self.show_person(world, word));
        });
    }

    pub(super) fn show_person(&self, world: &World, word: Option<Word>) -> Value {
        let place = word.and_then(|word| self.people_words.iter().position(|own| *own == word));
        let Some(person) = place.and_then(|place| self.people.get(place)) else {
            return Value::Null;
        };
        let base = &world.base_url;
        let avatars =
            crate::sandbox::generate::list_avatars(&format!("{base}/secure/useravatar?avatarId=10122"));
        if world.is_cloud() {
            return json!({
                "self": format!("{base}/rest/api/3/user?accountId={}", person.id), "accountId": person.id,
                "avatarUrls": avatars, "displayName": person.display_name, "active": true,
                "timeZone": "Europe/Berlin", "accountType": "atlassian",
            });
        }
        json!({
            "self": format!("{base}/rest/api/2/user?username={}", person.name), "name": person.name, "key": person.id,
            "emailAddress": person.email, "avatarUrls": avatars, "displayName": person.display_name, "active": true,
            "timeZone": "Europe/Berlin",
        })
    }
}

pub(super) fn stamp(ms: i64) -> String {
    format_timestamp(Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH))
}

impl Maker for Plan {
    fn write_fields(
        &self,
        world: &World,
        facts: &Facts,
        wish: &Wish<'_>,
        copies: &mut Copies,
        fields: &mut Members<'_>,
    ) {
        let mut scribe = Scribe {
            plan: self,
            world,
            facts,
            wish,
            copies,
            fields,
        };
        scribe.write_named();
        scribe.write_people();
        scribe.write_plain();
        scribe.write_plans();
        scribe.write_custom();
        scribe.write_text();
        if facts.parent != 0 && (wish.keep)("parent") {
            world.write_reference(facts.parent, copies, fields.name("parent"));
        }
    }

    fn write_comments(
        &self,
        world: &World,
        facts: &Facts,
        wiki: bool,
        copies: &mut Copies,
        out: &mut Vec<u8>,
    ) -> usize {
        history::write_comments(self, (world, facts), wiki, copies, out)
    }

    fn write_changelog(
        &self,
        world: &World,
        facts: &Facts,
        most: Option<usize>,
        copies: &mut Copies,
        out: &mut Vec<u8>,
    ) -> (usize, usize) {
        history::write_changelog(self, (world, facts), most, copies, out)
    }

    fn list_comment_texts(&self, facts: &Facts) -> Vec<String> {
        history::list_comment_texts(self, facts)
    }

    fn make_extras(&self, world: &World, facts: &Facts) -> Extras {
        history::make(self, world, facts)
    }

    fn make_texts(&self, _world: &World, facts: &Facts) -> Texts {
        let mut rng = self.text_rng(facts);
        let summary = self.write_summary(facts, &mut rng);
        let description = self.write_description(facts, &mut rng);
        Texts {
            summary,
            description: description.map_or_else(String::new, |blocks| rich::to_wiki(&blocks)),
            ..Texts::default()
        }
    }
}

impl Plan {
    /// What the issue was drawn from.
    pub(super) fn find_project(&self, facts: &Facts) -> Option<&ProjectPlan> {
        let first = self.projects.first()?.id;
        let place = usize::try_from(facts.project.checked_sub(first)?).ok()?;
        self.projects.get(place)
    }
}
