"""Starting a job from a form: what is offered, what is checked, and what is filled in."""

from pathlib import Path
from typing import Any

import kit
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fabriek.compute.models import Job

pytestmark = pytest.mark.django_db(databases=["default", "wraps"])
TABLE = b"size,<b>kind,price\n" + b"".join(b"%d,a,%d\n" % (n, n * 2) for n in range(60))


@pytest.fixture
def data(place: Any, tmp_path: Path) -> str:
    kit.folder(tmp_path / "in", {"a.csv": TABLE, "sub/b.csv": b"p,q\n1,2\n", "notes.bin": b"x\n"})
    return kit.push(place.api, place.project.slug, "numbers", tmp_path / "in")


def address(place: Any, query: str = "", language: str = "en") -> str:
    return f"{'/en' if language == 'en' else ''}/projects/{place.project.slug}/jobs/new/{query}"


def filled(data: str, **changes: Any) -> dict[str, Any]:
    answers = {
        "table": data,
        "file": "a.csv",
        "target": "price",
        "kind": "auto",
        "cpus": "2",
        "memory_gib": "1.5",
        "minutes": "10",
        "name": "My first",
        "output_name": "prices",
    }
    return answers | changes


LEARN = "?template=learn-from-table"


def test_the_choice_of_templates(engine: Any, place: Any) -> None:
    browser = kit.browser(place.manager)
    page = browser.get(address(place, "?data=numbers@1")).content.decode()
    assert "Learn a model from a table" in page and "Your own code" in page
    assert "?template=learn-from-table&amp;data=numbers%401" in page
    dutch = browser.get(address(place, language="nl")).content.decode()
    assert "Een model leren van een tabel" in dutch and "Wat moet de taak doen?" in dutch


def test_the_form_offers_what_there_is(engine: Any, place: Any, data: str) -> None:
    page = kit.browser(place.manager).get(address(place, LEARN)).content.decode()
    assert "numbers@1" in page and "sub/b.csv" in page and "notes.bin" not in page
    for column in ("size", "&lt;b&gt;kind", "price"):
        assert f'<option value="{column}"' in page
    # The last column is chosen until somebody says otherwise.
    assert '<option value="price" selected' in page
    assert "This holds up to 0.33 of your CPU-hours. 100 of 100 are left" in page
    assert "<b>kind" not in page


def test_starting_a_job(engine: Any, place: Any, data: str) -> None:
    answer = kit.browser(place.manager).post(address(place, LEARN), filled(data), follow=True)
    job = Job.objects.get()
    assert answer.redirect_chain == [(f"/en/jobs/{job.pk}/", 302)]
    assert "The job is submitted" in answer.content.decode()
    assert (job.name, job.output_name, job.blueprint) == ("My first", "prices", "learn-from-table")
    assert (job.cpus, job.memory_mib, job.time_limit_s) == (2, 1536, 600)
    assert "--target=price" in job.command and "--file=inputs/table/a.csv" in job.command
    assert job.parameters["language"] == "en"


def test_another_choice_of_data_shows_its_files(engine: Any, place: Any, data: str) -> None:
    answer = kit.browser(place.manager).post(
        address(place, LEARN), filled(data, file="sub/b.csv", look="1")
    )
    page = answer.content.decode()
    assert answer.status_code == 200 and Job.objects.count() == 0
    assert '<option value="p"' in page and '<option value="price"' not in page
    assert "utrecht-form-field--invalid" not in page
    assert 'value="My first"' in page  # what was filled in stays


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"target": "weight"}, "weight is not one of"),
        ({"file": "notes.bin"}, "notes.bin is not one of"),
        ({"table": "other@1"}, "other@1 is not one of"),
        ({"cpus": "99"}, "less than or equal to 4"),
        ({"minutes": "0"}, "greater than or equal to 1"),
        ({"memory_gib": "lots"}, "Enter a number"),
        ({"output_name": "Hello There"}, "a-z, 0-9"),
        ({"minutes": "2880", "cpus": "4"}, "left"),
    ],
)
def test_what_does_not_fit_is_said_on_the_form(
    engine: Any, place: Any, data: str, changes: dict[str, str], said: str
) -> None:
    answer = kit.browser(place.manager).post(address(place, LEARN), filled(data, **changes))
    page = answer.content.decode()
    assert answer.status_code == 422 and Job.objects.count() == 0
    assert said in page and 'role="alert"' in page
    assert 'value="My first"' in page


def test_without_data_the_form_says_what_to_do_first(engine: Any, place: Any) -> None:
    page = kit.browser(place.manager).get(address(place, LEARN)).content.decode()
    assert "Upload data first" in page and "Start the job" not in page


def test_data_without_a_table(engine: Any, place: Any, tmp_path: Path) -> None:
    kit.push(place.api, place.project.slug, "notes", kit.folder(tmp_path / "n", {"a.bin": b"x"}))
    page = kit.browser(place.manager).get(address(place, LEARN)).content.decode()
    assert "In these data no table was found" in page


def test_data_with_a_table_come_before_what_jobs_left(
    engine: Any, place: Any, data: str, tmp_path: Path
) -> None:
    for name, kind, file in (("plain", "data", "a.bin"), ("left", "output", "left.csv")):
        kit.push(
            place.api,
            place.project.slug,
            name,
            kit.folder(tmp_path / name, {file: TABLE}),
            kind=kind,
        )
    form = kit.browser(place.manager).get(address(place, LEARN)).context["form"]
    offered = [value for value, _ in form.fields["table"].choices]
    assert offered == ["numbers@1", "plain@1", "left@1"]
    assert form["table"].value() == "numbers@1"


def test_a_named_version_is_chosen(engine: Any, place: Any, data: str, tmp_path: Path) -> None:
    kit.push(place.api, place.project.slug, "numbers", kit.folder(tmp_path / "2", {"c.csv": TABLE}))
    browser = kit.browser(place.manager)
    page = browser.get(address(place, f"{LEARN}&data=numbers@1")).content.decode()
    assert '<option value="numbers@1" selected' in page and "sub/b.csv" in page
    newest = browser.get(address(place, LEARN)).content.decode()
    assert '<option value="numbers@2" selected' in newest and "sub/b.csv" not in newest


def test_a_named_file_and_column_are_chosen(engine: Any, place: Any, data: str) -> None:
    browser = kit.browser(place.manager)
    query = f"{LEARN}&data={data}&file=sub/b.csv&target=p&nonsense=1"
    page = browser.get(address(place, query)).content.decode()
    assert '<option value="sub/b.csv" selected' in page and '<option value="p" selected' in page
    page = browser.get(address(place, f"{LEARN}&file=absent.csv")).content.decode()
    assert '<option value="price" selected' in page


def test_ones_own_command_with_data_and_code(engine: Any, place: Any, data: str) -> None:
    answers = {
        "data": [data],
        "command": "python3 main.py --name 'a b'",
        "cpus": "1",
        "memory_gib": "1",
        "minutes": "5",
    }
    browser = kit.browser(place.manager)
    assert browser.post(address(place, "?template=own-command"), answers).status_code == 302
    job = Job.objects.get()
    assert job.command == ["python3", "main.py", "--name", "a b"]
    assert [one.name for one in job.inputs.all()] == ["numbers"]
    bad = browser.post(address(place, "?template=own-command"), answers | {"command": "echo 'a"})
    assert bad.status_code == 422 and "a quote is not closed" in bad.content.decode()


def test_again_with_changes(engine: Any, place: Any, data: str) -> None:
    browser = kit.browser(place.manager)
    browser.post(address(place, LEARN), filled(data, target="size", minutes="7"))
    first = Job.objects.get()
    answer = browser.get(f"/en/jobs/{first.pk}/again/", follow=True)
    page = answer.content.decode()
    assert '<option value="size" selected' in page
    assert 'value="7"' in page and 'value="My first"' in page and 'value="1.5"' in page
    browser.post(address(place, f"?again={first.pk}"), filled(data, name="Second"))
    second = Job.objects.latest("pk")
    assert (second.name, second.code_id) == ("Second", first.code_id)


def test_a_job_of_the_command_line_again_keeps_what_no_form_asks(
    engine: Any, place: Any, data: str
) -> None:
    first = place.submit(
        inputs=[{"dataset": data, "name": "other"}],
        environment={"A": "1"},
        parameters={"depth": 3},
        output={"kind": "model", "name": "mine"},
    )
    browser = kit.browser(place.manager)
    page = browser.get(address(place, f"?again={first.pk}")).content.decode()
    assert 'value="true"' in page and 'value="mine"' in page
    answers = {"data": [data], "command": "false", "cpus": "1", "memory_gib": "1", "minutes": "5"}
    answer = browser.post(address(place, f"?again={first.pk}"), answers | {"output_name": "mine"})
    assert answer.status_code == 302
    second = Job.objects.latest("pk")
    assert (second.environment, second.parameters) == ({"A": "1"}, {"depth": 3})
    assert (second.output_kind, second.output_name) == ("model", "mine")
    assert [one.name for one in second.inputs.all()] == ["other"]


def test_who_may(engine: Any, place: Any, data: str) -> None:
    first = place.submit()
    other = kit.person("other")
    elsewhere = kit.project(other)
    stranger, viewer = kit.browser(other), kit.browser(kit.member(place.project, "viewer"))
    for query in ("", LEARN, f"?again={first.pk}"):
        assert stranger.get(address(place, query)).status_code == 404
        assert viewer.get(address(place, query)).status_code == 403
    assert stranger.post(address(place, LEARN), filled(data)).status_code == 404
    assert viewer.post(address(place, LEARN), filled(data)).status_code == 403
    # Nor by way of a project of one's own.
    path = f"/en/projects/{elsewhere.slug}/jobs/new/?again="
    for number in (first.pk, 999999, "x", "9" * 40):
        assert stranger.get(f"{path}{number}").status_code == 404
    assert kit.browser(place.manager).get(address(place, "?template=none")).status_code == 404
    assert Job.objects.count() == 1


def test_the_form_costs_a_bounded_number_of_queries(
    engine: Any, place: Any, data: str, tmp_path: Path
) -> None:
    browser = kit.browser(place.manager)
    counts = []
    for number in (1, 5):
        for index in range(number):
            folder = kit.folder(tmp_path / f"{number}{index}", {"c.csv": TABLE})
            kit.push(place.api, place.project.slug, f"more-{number}-{index}", folder)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address(place, LEARN)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 25, counts
