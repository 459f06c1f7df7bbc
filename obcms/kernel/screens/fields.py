"""Form fields that the screens share."""

from decimal import Decimal
from typing import Any

from wtforms import StringField, ValidationError
from wtforms.form import BaseForm

from obcms.kernel.errors import Invalid
from obcms.kernel.rules.money import parse_money


class MoneyField(StringField):
    """Pesos, exact: takes 1,234.50 or ₱1,234.50 and shows it the same way; empty is "not set"."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{Decimal(self.data):,.2f}"

    def process_formdata(self, valuelist: list[Any]) -> None:
        if not valuelist:
            return
        raw = valuelist[0].strip()
        try:
            self.data = parse_money(raw) if raw else None
        except Invalid as error:
            self.data = None
            raise ValueError(str(error)) from None


class PercentField(StringField):
    """A percent from 0 to 100 with at most two decimals."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{Decimal(self.data):f}"

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            try:
                self.data = Decimal(valuelist[0].strip().removesuffix("%"))
            except ArithmeticError:
                self.data = None
                raise ValueError("Enter a percent from 0 to 100.") from None

    def pre_validate(self, form: BaseForm) -> None:
        if self.data is None or not self.data.is_finite() or not 0 <= self.data <= 100:
            raise ValidationError("Enter a percent from 0 to 100.")
