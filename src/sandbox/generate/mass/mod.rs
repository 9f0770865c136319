//! Worlds of any size, drawn from a seed.
//!
//! Facts are drawn and kept; bodies, histories and comments are made from them on demand, so that a
//! million issues cost what their facts cost. The same shape on the same day gives the same world.

mod calendar;
mod draw;
mod history;
mod make;
mod people;
mod plan;
mod projects;
mod scribe;
mod shape;

pub use shape::Shape;

use std::sync::Arc;

use jiff::civil::Date;

use super::super::world::{Content, World};

/// Fills an empty world.
pub(super) fn fill(world: &mut World, shape: &Shape, today: Date) {
    let plan = plan::fill(world, shape, today);
    world.store.reserve(shape.issues as usize);
    draw::draw_all(&plan, world, |world, facts| world.store.put(facts, Content::Made));
    world.store.maker = Some(Arc::new(plan));
}
