"""The table as it first was."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=120, verbose_name="what is to be done")),
                (
                    "weight",
                    models.CharField(
                        choices=[("plain", "Plain"), ("pressing", "Pressing")],
                        default="plain",
                        max_length=10,
                        verbose_name="how pressing",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="due on")),
                ("noted_at", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
            ],
            options={
                "verbose_name": "Item",
                "ordering": ["due_on", "pk"],
            },
        ),
    ]
