// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

namespace fairlead::auth {

/// Fetches one document over and over: GET, no redirects, no other protocol than the URL's, a bounded size
/// and time. Threads: one; stop() any.
class Download {
public:
    struct Source {
        std::string url;
        std::string ca_file;         ///< empty = the system's authorities
        bool insecure_http = false;  ///< whether TLS may be done without beyond loopback
        std::chrono::milliseconds timeout{5'000};
        std::size_t max_bytes = 0;
    };
    struct Result {
        std::string body;
        std::string fault;  ///< not empty: there is no body
    };

    /// Throws std::invalid_argument for a URL that refuse() refuses, std::runtime_error without libcurl.
    explicit Download(Source source);
    ~Download();

    Result run();
    /// Ends a run that is under way and all later ones.
    void stop() noexcept;

    /// Why it may not be fetched from there; empty = it may. Threads: any.
    static std::string refuse(const std::string& url, bool insecure_http);

private:
    struct Handles;
    struct Body;

    void prepare(Body& body);
    std::string wait();  // why it failed; empty = it did not

    const Source source_;
    const std::unique_ptr<Handles> handles_;
    std::atomic<bool> stopping_{false};
};

}  // namespace fairlead::auth
