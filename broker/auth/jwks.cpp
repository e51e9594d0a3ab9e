// SPDX-License-Identifier: Apache-2.0
#include "auth/jwks.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "auth/base64url.h"
#include "auth/header.h"
#include "auth/json_object.h"
#include "auth/key_public.h"
#include "auth/public_key.h"
#include "auth/sha256.h"

namespace fairlead::auth {
namespace {

constexpr std::size_t kMaxDepth = 8;

/// One entry on its way to a key.
class Entry {
public:
    Entry(const JsonObject& json, const std::string& origin) : json_(json), origin_(origin) {}

    /// The key; without one `fault()` says why.
    KeyPtr read() {
        if (!for_signatures()) return nullptr;
        const auto algorithm = algorithm_of();
        if (!algorithm) return nullptr;
        const PublicKey made = make();
        if (!made.key) return refuse(made.fault);
        if (auto fault = refuse_public_key(*made.key, *algorithm); !fault.empty())
            return refuse(std::move(fault));
        return std::make_shared<KeyPublic>(name_of_key(*made.key), *algorithm, made.key);
    }
    const std::string& fault() const { return fault_; }

private:
    std::nullptr_t refuse(std::string why) {
        fault_ = std::move(why);
        return nullptr;
    }

    std::string text(std::string_view name) const {
        const JsonMember* member = json_.find(name);
        return member != nullptr && member->kind == JsonKind::string ? member->text : std::string();
    }
    std::string bytes(std::string_view name) const {
        return decode_base64url(text(name)).value_or(std::string());
    }
    bool has(std::string_view name) const { return json_.find(name) != nullptr; }

    bool for_signatures() {
        const JsonMember* operations = json_.find("key_ops");
        if (text("kty") == "oct" || has("k")) return refuse("it is a secret"), false;
        if (has("d")) return refuse("it is a private key"), false;
        if (has("use") && text("use") != "sig") return refuse("it is not for signatures"), false;
        if (operations != nullptr && std::find(operations->strings.begin(), operations->strings.end(),
                                               "verify") == operations->strings.end()) {
            return refuse("it is not for checking signatures"), false;
        }
        const JsonMember* kid = json_.find("kid");
        if (kid != nullptr && !valid_key_id(*kid)) return refuse("its 'kid' is no key id"), false;
        return true;
    }

    // What an entry does not say follows from its type only where one algorithm is the usual one.
    std::optional<Algorithm> algorithm_of() {
        if (has("alg")) {
            const auto algorithm = parse_algorithm(text("alg"));
            if (!algorithm) refuse("its algorithm is not one of ours");
            return algorithm;
        }
        const std::string type = text("kty"), curve = text("crv");
        if (type == "RSA") return Algorithm::rs256;
        if (type == "EC" && curve == "P-256") return Algorithm::es256;
        if (type == "EC" && curve == "P-384") return Algorithm::es384;
        if (type == "OKP" && curve == "Ed25519") return Algorithm::eddsa;
        refuse("its type is not one of ours");
        return std::nullopt;
    }

    PublicKey make() const {
        const std::string type = text("kty");
        if (type == "RSA") return PublicKey::rsa(bytes("n"), bytes("e"));
        if (type == "EC") return PublicKey::elliptic(text("crv"), bytes("x"), bytes("y"));
        if (type == "OKP" && text("crv") == "Ed25519") return PublicKey::ed25519(bytes("x"));
        return {nullptr, "its type is not one of ours"};
    }

    // Without a `kid` the key is called by its own hash.
    KeyName name_of_key(EVP_PKEY& key) const {
        const std::string kid = text("kid");
        if (!kid.empty()) return {origin_ + ":" + kid, kid};
        constexpr const char* kDigits = "0123456789abcdef";
        std::string name = origin_ + ":#";
        for (char c : sha256(der_of(key)).substr(0, 8)) {
            name += kDigits[static_cast<unsigned char>(c) >> 4];
            name += kDigits[static_cast<unsigned char>(c) & 15];
        }
        return {std::move(name), {}};
    }

    const JsonObject& json_;
    const std::string& origin_;
    std::string fault_;
};

void add(Jwks& set, const std::string& entry, const std::string& origin) {
    const auto json = JsonObject::parse(entry, kMaxDepth);
    std::string why = "a name stands twice in it";
    if (json) {
        Entry reader(*json, origin);
        KeyPtr key = reader.read();
        why = key ? set.keys.add(std::move(key)) : reader.fault();
    }
    if (why.empty()) return;
    if (set.ignored++ == 0) set.why_ignored = std::move(why);
}

}  // namespace

Jwks Jwks::parse(std::string_view json, const std::string& origin) {
    Jwks set;
    const auto refuse = [&set](const char* why) {
        set.fault = why;
        return std::move(set);
    };
    if (json.size() > kMaxJwksBytes) return refuse("it has more than 256 KiB");
    const auto object = JsonObject::parse(json, kMaxDepth);
    if (!object) return refuse("it is not a JSON object");
    const JsonMember* keys = object->find("keys");
    if (keys == nullptr || keys->kind != JsonKind::array) return refuse("it has no list 'keys'");
    if (keys->size > kMaxJwksKeys) return refuse("it has more than 64 keys");
    for (const std::string& entry : keys->objects)
        add(set, entry, origin);
    set.ignored += keys->size - keys->objects.size();
    if (!set.keys.empty()) return set;
    set.fault = set.why_ignored.empty() ? "it has no keys"
                                        : "no key of it can be used: of the first, " + set.why_ignored;
    return set;
}

}  // namespace fairlead::auth
