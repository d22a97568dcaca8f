from django.db import migrations

from hall.accounts.apart import guard, unguard


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_two_persons'),
    ]

    operations = [migrations.RunPython(guard, unguard)]
