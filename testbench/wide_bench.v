// Plays lines of words.hex on a ring of wide elements, a line a clock: broadcast word, fields of banks, fields of elements. Writes
// what the chain's end gives to the host, a line a word, into answers.hex.
`timescale 1ns/1ps
module hel_wide_bench;
    reg clk = 0;
    reg [`LINE-1:0] line = 0;
    wire [`WORD-1:0] word;
    wire push;
    integer words, answers, found;
    hel_wide_ring dut(.clk(clk), .rst(1'b0), .control(line[`SHARED-1:0]), .bank_control(line[`SHARED+`BANK-1:`SHARED]),
        .imm(line[`LINE-1:`SHARED+`BANK]), .word(word), .push(push));
    initial begin
        words = $fopen("words.hex", "r");
        answers = $fopen("answers.hex", "w");
        found = $fscanf(words, "%h\n", line);
        while (found == 1) begin
            #5 if (push) $fdisplay(answers, "%h", word);
            clk = 1;
            #5 clk = 0;
            found = $fscanf(words, "%h\n", line);
        end
        $fdisplay(answers, "end");
        $fclose(answers);
        $finish;
    end
endmodule
