FROM python:3.13-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fonts-dejavu-core gettext libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 klikks \
    && install --directory --owner klikks /srv/klikks/media

WORKDIR /srv/klikks/portal
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .

# Building static files and catalogues reads the settings but reaches no server: the values are placeholders.
RUN DEBUG=1 DATABASE_URL=postgres://none/none BROKER_URL=redis://none \
        python manage.py compilemessages \
    && DEBUG=0 SECRET_KEY=placeholder BASE_URL=https://placeholder ALLOWED_HOSTS=placeholder \
        DATABASE_URL=postgres://none/none BROKER_URL=redis://none EMAIL_URL=smtp://none DEFAULT_FROM_EMAIL=none@example.org \
        python manage.py collectstatic --noinput --verbosity 0

ENV MEDIA_ROOT=/srv/klikks/media PYTHONUNBUFFERED=1
USER klikks
EXPOSE 8000
CMD ["gunicorn", "klikks.wsgi", "--bind", "0.0.0.0:8000", "--workers", "4", "--threads", "4", \
     "--access-logfile", "-", "--logger-class", "klikks.access_log.DiscreetLogger"]
