// The least a Verilator user would write: plays script.bin on the array, writes response.txt, prints cycles and CPU seconds.
// It is what speed.py compares the bench with.
#include <cstdio>
#include <ctime>
#include <vector>

#include "Vtop.h"
#include "verilated.h"

int main(int argc, char** argv) {
    Verilated::commandArgs(argc, argv);
    std::FILE* file = std::fopen("script.bin", "rb");
    if (!file) return 1;
    std::vector<QData> script;
    for (unsigned char b[8]; std::fread(b, 1, 8, file) == 8;) {
        QData word = 0;
        for (unsigned char byte : b) word = word << 8 | byte;
        script.push_back(word);
    }
    std::fclose(file);

    Vtop top;
    CData &i_valid = top.i___05Fvalid, &i_ready = top.i___05Fready;
    CData &o_valid = top.o___05Fvalid, &o_ready = top.o___05Fready;
    QData& i_payload = top.i___05Fpayload;
    IData& o_payload = top.o___05Fpayload;
    std::size_t sent = 0, reads = 0;
    std::vector<IData> responses;
    for (QData word : script) reads += !(word >> 48 & 1);
    responses.reserve(reads);

    auto clock = [&top] {
        top.clk = 1;
        top.eval();
        top.clk = 0;
    };
    i_valid = 0;
    o_ready = 1;
    top.rst = 1;
    for (int i = 0; i < 4; ++i) {
        top.eval();
        clock();
    }
    top.rst = 0;

    unsigned long cycles = 0;
    const std::clock_t began = std::clock();
    while (sent < script.size() || responses.size() < reads) {
        i_valid = sent < script.size();
        if (sent < script.size()) i_payload = script[sent];
        top.eval();
        sent += i_valid && i_ready;
        if (o_valid) responses.push_back(o_payload);
        clock();
        ++cycles;
    }
    const double seconds = double(std::clock() - began) / CLOCKS_PER_SEC;

    file = std::fopen("response.txt", "w");
    if (!file) return 1;
    for (IData word : responses) std::fprintf(file, "%08x\n", word);
    std::fclose(file);
    std::printf("%lu %.6f\n", cycles, seconds);
    return 0;
}
