"""Phone numbers as they are read and dialled, however they were typed."""

import phonenumbers
from django import template
from phonenumber_field.phonenumber import PhoneNumber

register = template.Library()


@register.filter
def readable_phone(phone: str | PhoneNumber) -> str:
    """Return a number in groups of digits: "+49 6131 123456"; as it is when it cannot be read as one."""
    return _formatted(phone, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@register.filter
def phone_link(phone: str | PhoneNumber) -> str:
    """Return what a phone dials: "tel:+496131123456"."""
    return f"tel:{_formatted(phone, phonenumbers.PhoneNumberFormat.E164).replace(' ', '')}"


def _formatted(phone: str | PhoneNumber, form: int) -> str:
    try:
        return phonenumbers.format_number(phonenumbers.parse(str(phone), "DE"), form)
    except phonenumbers.NumberParseException:
        return str(phone)
