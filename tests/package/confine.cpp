// SPDX-License-Identifier: Apache-2.0
// confine FILE COMMAND...: runs the command with no other system calls than those whose numbers stand in the file, and
// without memory that is both writable and executable. All else fails with EPERM, as under the unit of systemd.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <vector>

namespace {

constexpr std::uint32_t kRefuse = SECCOMP_RET_ERRNO | EPERM;

class Filter {
public:
    Filter() { load(offsetof(seccomp_data, nr)); }

    void allow(std::uint32_t call) {
        unless_equal(call, 1);
        answer(SECCOMP_RET_ALLOW);
    }
    // Where all of `bits` are set in the third argument, the protection of both mmap and mprotect.
    void refuse_protection(std::uint32_t call, std::uint32_t bits) {
        unless_equal(call, 5);
        load(offsetof(seccomp_data, args) + 2 * sizeof(std::uint64_t));
        add(BPF_ALU | BPF_AND | BPF_K, bits);
        unless_equal(bits, 1);
        answer(kRefuse);
        answer(SECCOMP_RET_ALLOW);
    }
    bool install() {
        answer(kRefuse);
        const sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
        return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
               ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
    }

private:
    void add(int code, std::uint32_t value, std::uint8_t otherwise = 0) {
        code_.push_back({static_cast<std::uint16_t>(code), 0, otherwise, value});
    }
    void load(std::size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)); }
    void unless_equal(std::uint32_t value, std::uint8_t skip) { add(BPF_JMP | BPF_JEQ | BPF_K, value, skip); }
    void answer(std::uint32_t what) { add(BPF_RET | BPF_K, what); }

    std::vector<sock_filter> code_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    std::ifstream file(argv[1]);
    Filter filter;
    filter.refuse_protection(__NR_mmap, PROT_WRITE | PROT_EXEC);
    filter.refuse_protection(__NR_mprotect, PROT_EXEC);
    std::uint32_t call = 0;
    while (file >> call)
        filter.allow(call);
    if (!filter.install()) return std::perror("seccomp"), 2;
    ::execv(argv[2], argv + 2);
    return std::perror(argv[2]), 2;
}
