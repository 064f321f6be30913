"""Tasks are objects: what each says of itself agrees."""

import json
import pickle

import numpy as np
import pytest
import torch

from nna import registry, spec, tasks
from nna.data.examples import Examples
from nna.data.images import annotations, masks
from nna.spec import Table
from nna.workbench.data_source import Source


def test_the_names_of_tasks_are_those_that_specs_may_use():
    assert {*tasks.names()} == {*spec.TASKS}
    for task in tasks.all_of():
        assert tasks.get(task.name) is task


@pytest.mark.parametrize("task", tasks.all_of(), ids=lambda task: task.name)
def test_a_task_is_itself_in_another_process_and_for_whoever_names_it(task):
    there = pickle.loads(pickle.dumps(task))
    assert there == task
    assert len({there, task}) == 1
    assert f"{task}" == task.name
    table = {"port": Table(features=1), "x": np.zeros((1, 1))}
    assert Examples.of(task=task.name, **table).task is task
    assert {task} & {other for other in tasks.all_of() if other.name != task.name} == set()
    plain = Source(data="x", task=task, dates=("ISO",)).to_json()
    assert plain["task"] == task.name
    assert Source.from_json(json.loads(json.dumps(plain))).task is task


@pytest.mark.parametrize("task", tasks.all_of(), ids=lambda task: task.name)
def test_what_a_task_says_of_itself_agrees(task):
    assert task.supervised or not (task.in_column or task.by_folder or task.comparable)
    assert not task.comparable or (task.in_column and task.learnt_by)
    assert task.numeric + task.one_class <= 1
    if task.strange:
        x = np.random.default_rng(0).normal(size=(5, 3))
        usual = task.usualness(x * 0.5, x)
        assert usual.shape == (5,)
    else:
        with pytest.raises(NotImplementedError, match=task.name):
            task.usualness(np.zeros((2, 2)), np.zeros((2, 2)))


@pytest.mark.parametrize("name", registry.names())
def test_an_architecture_without_a_target_has_one_task_without(name):
    declared = [tasks.get(task) for task in registry.describe(name).tasks]
    assert sum(not task.supervised for task in declared) <= 1


def test_classes_are_renumbered_and_what_has_none_is_left_alone():
    number = np.array([2, 0, 1])
    y = np.array([0, 2, 1])
    assert tasks.get("classification").renumbered(y, number).tolist() == [2, 1, 0]
    mask = np.array([[[0, -1], [2, 1]]])
    assert tasks.get("segmentation").renumbered(mask, number).tolist() == [[[2, -1], [1, 0]]]
    boxes = np.array([[[1.0, 5, 6, 7, 8], [-1, -1, -1, -1, -1]]])
    moved = tasks.get("detection").renumbered(boxes, number)
    assert moved.tolist() == [[[0, 5, 6, 7, 8], [-1, -1, -1, -1, -1]]]
    assert boxes[0, 0, 0] == 1


def test_targets_of_pictures_go_with_their_size():
    mask = np.arange(16).reshape(1, 4, 4) % 3
    larger, said = tasks.get("segmentation").resized(mask, (4, 4), 8)
    assert np.array_equal(larger[0, ::2, ::2], mask[0])
    assert "masks" in said
    boxes = np.array([[[1.0, 1, 2, 3, 4], [-1, -1, -1, -1, -1]]], np.float32)
    scaled, said = tasks.get("detection").resized(boxes, (4, 8), 16)
    assert scaled[0].tolist() == [[1, 2, 8, 6, 16], [-1, -1, -1, -1, -1]]
    assert "boxes" in said
    y = np.array([3])
    assert tasks.get("classification").resized(y, (4, 4), 8) == (y, "")


@pytest.mark.parametrize("task", tasks.all_of(), ids=lambda task: task.name)
def test_targets_drawn_to_try_a_training_repeat_by_their_seed(task):
    def drawn():
        draw = torch.Generator().manual_seed(0)
        return task.target(torch.zeros(3, 1, 4, 4), (3, 2), 2, draw)

    first, again = drawn(), drawn()
    assert (first is None) == (not task.supervised)
    if isinstance(first, dict):
        ((first,), (again,)) = first.values(), again.values()
        first, again = torch.cat(first), torch.cat(again)
    assert first is None or torch.equal(first, again)


def test_readers_of_pictures_say_whose_they_are():
    assert annotations.TASK.moves == "boxes"
    assert masks.TASK.moves == "masks"
