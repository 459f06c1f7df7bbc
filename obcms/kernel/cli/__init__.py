"""What every command goes through, and the commands that know no concept."""
