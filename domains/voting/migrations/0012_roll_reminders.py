from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('voting', '0011_sittings')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Poll',
            name='roll_reminded_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
