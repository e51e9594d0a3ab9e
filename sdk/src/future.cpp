// SPDX-License-Identifier: Apache-2.0
#include <fairlead/future.h>

#include "src/pending.h"
#include "wire/error.h"

namespace fairlead {
namespace {

template <typename T>
Result<T> to_result(const detail::Receipt& receipt);

template <>
Result<Published> to_result(const detail::Receipt& receipt) {
    if (receipt.error) return *receipt.error;
    return Published{receipt.offset, receipt.epoch, receipt.reached};
}

template <>
Result<Emitted> to_result(const detail::Receipt& receipt) {
    if (receipt.error) return *receipt.error;
    return Emitted{receipt.reached, receipt.queued, receipt.dropped};
}

template <>
Result<Reached> to_result(const detail::Receipt& receipt) {
    if (receipt.error) return *receipt.error;
    return Reached{receipt.reached};
}

template <>
Result<void> to_result(const detail::Receipt& receipt) {
    if (receipt.error) return *receipt.error;
    return {};
}

Error not_yet() {
    return Error{static_cast<std::uint32_t>(wire::Code::deadline), "no outcome yet", true, {}};
}

}  // namespace

template <typename T>
Future<T>::Future(std::shared_ptr<detail::Pending> pending) noexcept : pending_(std::move(pending)) {}

template <typename T>
Future<T>::Future(Future&&) noexcept = default;

template <typename T>
Future<T>& Future<T>::operator=(Future&& other) noexcept {
    std::swap(pending_, other.pending_);
    return *this;
}

template <typename T>
Future<T>::~Future() {
    if (pending_) pending_->abandon();
}

template <typename T>
bool Future<T>::ready() const {
    return pending_->settled();
}

template <typename T>
Result<T> Future<T>::wait() {
    return to_result<T>(pending_->wait());
}

template <typename T>
Result<T> Future<T>::wait(std::chrono::milliseconds timeout) {
    const detail::Receipt* receipt = pending_->wait(timeout);
    if (receipt == nullptr) return not_yet();
    return to_result<T>(*receipt);
}

template class Future<Published>;
template class Future<Emitted>;
template class Future<Reached>;
template class Future<void>;

}  // namespace fairlead
