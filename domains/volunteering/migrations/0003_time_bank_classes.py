from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('volunteering', '0002_constraints')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Activity',
            name='time_bank_class',
            field=fields.CharField(null=True, max_length=40),
        ),
        ops.RemoveField(model_name='ServiceRecord', name='transfer_id'),
        ops.RunSQL(
            '''CREATE TABLE volunteering_honour_check (
                volunteer_id uuid PRIMARY KEY REFERENCES volunteering_volunteer (id),
                checked_on date NOT NULL)''',
            '',
        ),
        ops.RunSQL(
            '''CREATE INDEX volunteering_honour_check_day
               ON volunteering_honour_check (checked_on)''',
            '',
        ),
    ]
