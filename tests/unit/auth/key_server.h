// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

namespace fairlead::auth::test {

/// An HTTP server on loopback that gives one answer to whatever is asked, one request a connection.
/// Threads: any.
class KeyServer {
public:
    KeyServer();
    ~KeyServer();

    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/keys.json"; }

    void answer(std::string body, const std::string& head = "200 OK");
    /// Requests are read but not answered until release().
    void hold();
    void release();

    std::size_t requests() const;
    /// Waits until there were so many; false if that does not come.
    bool await_requests(std::size_t count);

private:
    void run();
    void serve(int connection);

    int listener_;
    int stop_[2];  // a pipe; readable = stop
    unsigned short port_ = 0;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::string answer_;
    std::size_t requests_ = 0;
    bool held_ = false;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace fairlead::auth::test
