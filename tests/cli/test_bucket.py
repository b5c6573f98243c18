"""Commands of a house whose recordings lie in a bucket (MEDIA_URL=s3:…)."""

from cli.conftest import Run
from fakes.bucket_server import Bucket

BUCKET = {"MEDIA_URL": "s3:voices/ess"}


def test_the_doctor_asks_the_bucket(run: Run, bucket: Bucket) -> None:
    assert "bucket" not in run("doctor", **BUCKET).out
    assert bucket.calls


def test_the_doctor_says_that_the_bucket_refuses_us(run: Run, bucket: Bucket) -> None:
    bucket.refuses = 403
    assert "bucket of MEDIA_URL" in run("doctor", **BUCKET).out


def test_a_new_key_goes_through_the_bucket(run: Run, bucket: Bucket) -> None:
    run("chat", said="bonjour", **BUCKET)
    assert run("rekey", **BUCKET).status == 0
    assert bucket.calls.count("GET") == 1  # the list
