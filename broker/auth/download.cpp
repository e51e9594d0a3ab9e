// SPDX-License-Identifier: Apache-2.0
#include "auth/download.h"

#include <curl/curl.h>

#include <stdexcept>
#include <string_view>
#include <utility>

namespace fairlead::auth {
namespace {

constexpr int kPollMs = 1000;

bool begins_with(std::string_view text, std::string_view start) {
    return text.substr(0, start.size()) == start;
}

// curl resolves localhost itself and never asks a name server for it.
bool is_loopback(std::string_view host) {
    return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

std::string_view host_of(std::string_view authority) {
    const std::size_t bracket = authority.find(']');
    return authority.substr(0, authority.find(':', bracket == authority.npos ? 0 : bracket));
}

// White space and controls, a user name or a password have no place in it.
std::string refuse_text(std::string_view rest) {
    if (rest.find_first_of("@\\") != rest.npos)
        return "has a user name, or a character that URLs do not have";
    for (char c : rest)
        if (c <= 0x20 || c >= 0x7f) return "has a character that URLs do not have";
    return {};
}

void start_curl() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) throw std::runtime_error("libcurl cannot be started");
}

}  // namespace

struct Download::Handles {
    CURLM* multi = curl_multi_init();
    CURL* easy = curl_easy_init();

    Handles() = default;
    Handles(const Handles&) = delete;
    Handles& operator=(const Handles&) = delete;
    ~Handles() {
        curl_easy_cleanup(easy);
        curl_multi_cleanup(multi);
    }
};

struct Download::Body {
    std::string bytes;
    std::size_t most;

    static std::size_t write(const char* data, std::size_t, std::size_t size, void* self) {
        auto& body = *static_cast<Body*>(self);
        if (size > body.most - body.bytes.size()) return 0;  // curl ends with an error
        body.bytes.append(data, size);
        return size;
    }
};

std::string Download::refuse(const std::string& url, bool insecure_http) {
    const bool https = begins_with(url, "https://");
    if (!https && !begins_with(url, "http://")) return "does not begin with https://";
    const std::string_view rest = std::string_view(url).substr(https ? 8 : 7);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    if (host_of(authority).empty()) return "names no host";
    if (auto fault = refuse_text(rest); !fault.empty()) return fault;
    if (https || insecure_http || is_loopback(host_of(authority))) return {};
    return "is without TLS and not on loopback";
}

Download::Download(Source source)
    : source_(std::move(source)), handles_((start_curl(), std::make_unique<Handles>())) {
    if (auto fault = refuse(source_.url, source_.insecure_http); !fault.empty())
        throw std::invalid_argument("the URL of the keys of tokens " + fault);
    if (handles_->multi == nullptr || handles_->easy == nullptr)
        throw std::runtime_error("libcurl cannot be had");
}

Download::~Download() = default;

void Download::prepare(Body& body) {
    CURL* easy = handles_->easy;
    curl_easy_reset(easy);
    const bool https = begins_with(source_.url, "https://");
    const auto timeout = static_cast<long>(source_.timeout.count());
    curl_easy_setopt(easy, CURLOPT_URL, source_.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, https ? "https" : "http");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, timeout);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT,
                     1L);  // a name server that does not answer would hold up our end
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "fairlead");
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!source_.ca_file.empty()) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, source_.ca_file.c_str());
        curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    }
    // A proxy of the environment may stand in between only where TLS keeps it from changing anything.
    if (!https) curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Body::write);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
}

std::string Download::wait() {
    for (int running = 1; running > 0 && !stopping_;) {
        if (curl_multi_perform(handles_->multi, &running) != CURLM_OK) return "libcurl failed";
        if (running > 0) curl_multi_poll(handles_->multi, nullptr, 0, kPollMs, nullptr);
    }
    int left = 0;
    const CURLMsg* message = curl_multi_info_read(handles_->multi, &left);
    if (message == nullptr) return "it was stopped";
    if (message->data.result == CURLE_WRITE_ERROR) return "the answer is too large";
    if (message->data.result != CURLE_OK) return curl_easy_strerror(message->data.result);
    long status = 0;
    curl_easy_getinfo(handles_->easy, CURLINFO_RESPONSE_CODE, &status);
    return status == 200 ? std::string() : "the answer has the status " + std::to_string(status);
}

Download::Result Download::run() {
    Body body{{}, source_.max_bytes};
    prepare(body);
    curl_multi_add_handle(handles_->multi, handles_->easy);
    std::string fault = wait();
    curl_multi_remove_handle(handles_->multi, handles_->easy);
    if (!fault.empty()) return {{}, std::move(fault)};
    return {std::move(body.bytes), {}};
}

void Download::stop() noexcept {
    stopping_ = true;
    curl_multi_wakeup(handles_->multi);
}

}  // namespace fairlead::auth
