import os
import subprocess
import sys

import pytest
from django.conf import settings

REQUIRED = {
    "SECRET_KEY": "k" * 20 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "VOTE_KEY": "votes",
    "ALLOWED_HOSTS": "faq.example.org,www.faq.example.org",
    "DATABASE_URL": "postgres://faqcms@db.example.org/faqcms",
}


def in_production(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python code with the production settings and no other variables than these."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return subprocess.run(
        [sys.executable, "-c", f"from faqcms.settings import prod\n{code}"],
        cwd=settings.BASE_DIR,
        env=kept | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("missing", REQUIRED)
def test_production_does_not_start_without(missing):
    done = in_production("", **{name: value for name, value in REQUIRED.items() if name != missing})
    assert done.returncode == 1
    message = done.stderr.split("ImproperlyConfigured: ")[1]
    assert f"\n  {missing} : " in message
    assert not any(f"\n  {name} : " in message for name in REQUIRED if name != missing)


def test_production_is_strict_by_default():
    done = in_production(
        "print(prod.DEBUG if hasattr(prod, 'DEBUG') else False, prod.DEMO_ACCOUNTS, prod.ALLOWED_HOSTS,"
        " prod.SECURE_SSL_REDIRECT, prod.SESSION_COOKIE_SECURE, prod.CSRF_COOKIE_SECURE,"
        " prod.SECURE_HSTS_SECONDS, hasattr(prod, 'SECURE_PROXY_SSL_HEADER'))",
        **REQUIRED,
    )
    assert done.stdout == ("False False ['faq.example.org', 'www.faq.example.org'] True True True 31536000 False\n")


def test_production_follows_its_environment():
    done = in_production(
        "print(prod.SECURE_SSL_REDIRECT, prod.SECURE_HSTS_SECONDS, prod.SECURE_PROXY_SSL_HEADER,"
        " prod.LOGGING['root']['level'])",
        **REQUIRED,
        SSL_REDIRECT="false",
        HSTS_SECONDS="60",
        TRUST_PROXY="true",
        LOG_LEVEL="WARNING",
    )
    assert done.stdout == "False 60 ('HTTP_X_FORWARDED_PROTO', 'https') WARNING\n"


@pytest.mark.parametrize(
    ("variables", "site", "hour"),
    [
        ({}, "https://faq.example.org", 7),
        ({"SITE_URL": "https://faq.example.org/interne/", "DIGEST_HOUR": "18"}, "https://faq.example.org/interne", 18),
    ],
)
def test_links_of_mails_lead_to_the_site(variables, site, hour):
    done = in_production("print(prod.SITE_URL, prod.DIGEST_HOUR)", **REQUIRED, **variables)
    assert done.stdout == f"{site} {hour}\n"


@pytest.mark.parametrize("hour", ["24", "-1", "sept"])
def test_an_hour_that_is_none_is_refused(hour):
    done = in_production("", **REQUIRED, DIGEST_HOUR=hour)
    assert f"DIGEST_HOUR : « {hour} »" in done.stderr


@pytest.mark.parametrize(
    ("variables", "storage"),
    [
        ({"MEDIA_ROOT": "/srv/media"}, "faq.services.media_storage.AtomicFileSystemStorage /srv/media"),
        ({"MEDIA_BUCKET": "faq", "MEDIA_BUCKET_FOLDER": "prod"}, "storages.backends.s3.S3Storage prod"),
    ],
)
def test_images_and_documents_are_in_a_folder_or_a_bucket(variables, storage):
    code = "media = prod.STORAGES['media']; print(media['BACKEND'], media['OPTIONS']['location'])"
    assert in_production(code, **REQUIRED, **variables).stdout == f"{storage}\n"


def test_every_variable_of_production_is_documented():
    example = (settings.BASE_DIR / ".env.example").read_text(encoding="utf-8")
    names = {*REQUIRED, "SSL_REDIRECT", "HSTS_SECONDS", "TRUST_PROXY", "LOG_LEVEL"}
    names |= {"CONTACT_URL", "CONTACT_EMAIL", "ACCESSIBILITY", "WEB_CONCURRENCY", "WEB_THREADS", "REVIEW_MONTHS"}
    names |= {"SEARCH_URL", "MASK_FINESS", "EMAIL_URL", "EMAIL_FROM", "SITE_URL", "DIGEST_HOUR", "FAQ_NAME"}
    names |= {"MEDIA_ROOT", "MEDIA_BUCKET", "MEDIA_BUCKET_FOLDER", "MEDIA_ENDPOINT_URL", "MEDIA_REGION"}
    assert {line.split("=")[0] for line in example.splitlines() if "=" in line and line[0].isupper()} == {
        *names,
        "DJANGO_SETTINGS_MODULE",
    }


def test_the_content_policy_allows_nothing_inline_and_nobody_else():
    for sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].values():
        assert set(sources) <= {"'self'", "'none'", "data:"}
    assert settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["script-src"] == ["'self'"]


@pytest.mark.django_db
def test_pages_carry_the_policy(client):
    policy = client.get("/admin/login/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
