"""Addresses of the accounts."""

from django.urls import path

from hall.accounts.views import consoles, desks, own, passkeys, signing

app_name = "accounts"
urlpatterns = [
    path("sign-in/", signing.sign_in, name="sign_in"),
    path("sign-in/code/", signing.code, name="code"),
    path("sign-out/", signing.sign_out, name="sign_out"),
    path("hat/", signing.hat, name="hat"),
    path("large-type/", signing.elder, name="elder"),
    path("language/", signing.language, name="language"),
    path("set-up/", signing.set_up, name="set_up"),
    path("activation/<str:who>/<str:token>/", signing.activate, name="activation"),
    path("password/", own.password, name="password"),
    path("proof/", own.proof, name="proof"),
    path("passkeys/", passkeys.passkey, name="passkey"),
    path("passkeys/registration/", passkeys.registration, name="passkey_registration"),
    path("passkeys/<uuid:pk>/removal/", passkeys.removal, name="passkey_removal"),
    path("passkeys/question/", passkeys.question, name="passkey_question"),
    path("passkeys/entry/", passkeys.entry, name="passkey_entry"),
    path("passkeys/proof/", passkeys.proof, name="passkey_proof"),
    path("passkeys/proof/question/", passkeys.proof_question, name="passkey_proof_question"),
    path("devices/", own.devices, name="devices"),
    path("second-factor/", own.second_factor, name="second_factor"),
    path("second-factor/picture.svg", own.factor_picture, name="factor_picture"),
    path("second-factor/<slug:deed>/", own.factor_deed, name="factor_deed"),
    path("", desks.accounts, name="accounts"),
    path("<int:pk>/", desks.account, name="account"),
    path("administration/", consoles.consoles, name="consoles"),
    path("administration/matrix/", consoles.matrix, name="matrix"),
    path("administration/approvals/<int:pk>/", consoles.approval, name="approval"),
    path("administration/agreements/", consoles.asked, name="agreements"),
    path("administration/agreements/<int:pk>/<slug:deed>/", consoles.agreement, name="agreement"),
    path("administration/policies/<str:key>/", consoles.policy, name="policy"),
    path("administration/ledger/", consoles.ledger, name="ledger"),
    path("administration/review/", consoles.review, name="review"),
    path("posts/", desks.grants, name="grants"),
    path("posts/<int:pk>/withdrawal/", desks.withdrawal, name="withdrawal"),
    path("delegations/", desks.delegations, name="delegations"),
]
