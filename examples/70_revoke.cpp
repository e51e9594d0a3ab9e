// SPDX-License-Identifier: Apache-2.0
// Signing out everywhere: all clients of a user are closed for good, and the tokens that were made for it until now let
// nobody in again. A client signs its own user out; a service names the user.
//
// Run it beside a broker, and ask it:
//
//     build/release/bin/fairlead-broker &
//     build/release/bin/70_revoke &
//     build/release/bin/fairlead call accounts.sign_out '{"user":"ada"}'
//     {"closed":0}
//
// Client SDKs say `disconnected` with code 3500 and do not come back by themselves. After a new login, with a token whose
// `iat` is later, they may. Revocation::token and ::session are for one stolen token and for one device.
#include <fairlead/fairlead.h>

#include <string>

struct SignOut {
    std::string user;
    FAIRLEAD_DEFAULTED(user)
};

struct SignedOut {
    std::uint32_t closed = 0;
    FAIRLEAD_FIELDS(closed)
};

int main() {
    fairlead::Service service{"accounts", "1.0.0"};
    service.on("accounts.sign_out",
               [&](fairlead::Request& request, const SignOut& in) -> fairlead::Result<SignedOut> {
                   const fairlead::Caller& caller = request.caller();
                   const std::string user = caller.client.empty() ? in.user : caller.user;
                   if (user.empty()) return fairlead::fail(1401, "nobody is signed in");
                   const auto revoked =
                       service.revoke(fairlead::Revocation::user(user).reason("signed out")).wait();
                   if (!revoked) return revoked.error();
                   return SignedOut{revoked->reached};
               });
    return service.run();
}
