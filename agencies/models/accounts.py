"""Accounts, the role each one has in its agency, and invitations."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from klikks.history import tracked
from klikks.tenancy import AccountWall, AgencyModel, current_agency_id


class Role(models.TextChoices):
    """What an account may be; the permission table says what each may do."""

    VISITOR = "visitor", _("visitor")
    PATRON = "patron", _("climate patron")
    MUNICIPALITY = "municipality", _("municipality")
    REGIONAL_MANAGER = "regional_manager", _("regional manager")
    AGENCY_ADMIN = "agency_admin", _("agency admin")
    COORDINATOR = "coordinator", _("coordinator")
    OPERATOR = "operator", _("operator")


STAFF_ROLES = frozenset({Role.REGIONAL_MANAGER, Role.AGENCY_ADMIN, Role.COORDINATOR})


class UserManager(BaseUserManager["User"]):
    """Makes accounts; addresses are compared without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make an account in the agency of the context; without a password it signs in by e-mailed code."""
        fields.setdefault("agency_id", current_agency_id())
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find the account by its address."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """An account: an address to sign in with. Belongs to one agency; an operator's belongs to none.

    What a person is called and may do stands in `Membership`, which only the agency itself can read.
    """

    email = models.EmailField(_("e-mail"), unique=True)
    agency = models.ForeignKey(
        "agencies.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency")
    )
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="de")
    is_active = models.BooleanField(_("active"), default=True)
    is_operator = models.BooleanField(_("operator of the portal"), default=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    is_tenant_admin = False
    is_superuser = False

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints: ClassVar = [
            AccountWall(name="agencies_user_wall"),
            models.UniqueConstraint(Lower("email"), name="one_account_an_address"),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def rls_tenant_id(self) -> int | None:
        """The agency whose rows this account may see."""
        return self.agency_id

    @cached_property
    def current_membership(self) -> "Membership | None":
        """The account's membership, or None for an operator."""
        return Membership.objects.filter(user=self, is_active=True).first() if self.agency_id else None

    @property
    def role(self) -> Role:
        """The account's role; visitor where it has lost every right."""
        if self.is_operator:
            return Role.OPERATOR
        membership = self.current_membership
        return Role(membership.role) if membership else Role.VISITOR

    @property
    def display_name(self) -> str:
        """The person's name where the reader may know it, otherwise the address."""
        membership = self.current_membership if current_agency_id() == self.agency_id else None
        return membership.name if membership else self.email

    def get_full_name(self) -> str:
        """Answer Django's question for the person's name."""
        return self.display_name

    @property
    def is_staff(self) -> bool:
        """Whether the account may enter the staff desk."""
        return self.is_active and (self.role in STAFF_ROLES or self.is_operator)

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Answer Django's question (`app.action_model`) from the permission table."""
        from agencies.permissions import has_django_permission

        return has_django_permission(self, perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether any table of the app may be opened; the permission table decides for each one."""
        return self.is_staff


@tracked()
class Membership(AgencyModel):
    """A person's place in an agency: name, role and who stands in."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="membership", verbose_name=_("account"))
    role = models.CharField(
        _("role"),
        max_length=20,
        choices=[(role.value, role.label) for role in Role if role not in {Role.VISITOR, Role.OPERATOR}],
    )
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    stand_in = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("stand-in")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


@tracked()
class Invitation(AgencyModel):
    """An invitation to join an agency's staff; the mailed link proves the address."""

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(
        _("role"), max_length=20, choices=[(role.value, role.label) for role in Role if role in STAFF_ROLES]
    )
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    invited_at = models.DateTimeField(_("invited at"), default=timezone.now, editable=False)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering: ClassVar = ["-invited_at"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(
                Lower("email"),
                "agency",
                condition=models.Q(accepted_at__isnull=True),
                name="one_open_invitation_an_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"
